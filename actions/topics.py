"""The topics: which intent belongs to which stem. A stem names the topic's files, its replies and its slot value."""

from functools import cache
from pathlib import Path

import yaml

TITLES = Path(__file__).parent.parent / "data" / "responses" / "titles.yml"

STEMS = {
    "ask_invoice": "invoice",
    "ask_withdrawal": "withdrawal",
    "ask_return_conditions": "return_conditions",
    "ask_refund": "refund",
    "where_is_parcel": "parcel",
    "track_delivery": "tracking",
    "report_damaged_parcel": "damaged_parcel",
    "contact_seller": "seller",
    "product_not_working": "faulty_product",
    "tradein_data_privacy": "tradein_privacy",
    "unlock_account_device": "device_accounts",
    "tradein_device_not_listed": "tradein_not_listed",
    "cancel_tradein": "tradein_cancellation",
    "reset_password": "password",
    "update_personal_info": "personal_info",
    "exercise_data_rights": "data_rights",
    "create_account": "account",
    "contact_support": "support",
    "cancel_order": "order_cancellation",
}

# Topics with a Python file of their own; the others are answered by `action_facts`.
WITH_ACTION = frozenset(
    {
        "invoice", "withdrawal", "return_conditions", "parcel", "tracking", "damaged_parcel", "seller",
        "faulty_product", "device_accounts", "account", "tradein_cancellation", "support", "order_cancellation",
    }
)  # fmt: skip


def action_of(intent: str) -> str:
    """The name of the action that answers a support intent."""
    stem = STEMS[intent]
    return f"action_{stem}" if stem in WITH_ACTION else "action_facts"


@cache
def titles() -> dict[str, str]:
    """What a button calls each support intent, from data/responses/titles.yml."""
    responses = yaml.safe_load(TITLES.read_text(encoding="utf-8"))["responses"]
    return {intent: responses[f"utter_title_{stem}"][0]["text"] for intent, stem in STEMS.items()}


def button(intent: str) -> dict[str, str]:
    """A button that asks a support question."""
    return {"title": titles()[intent], "payload": f"/{intent}"}
