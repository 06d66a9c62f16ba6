"""The topics and their questions: the topic key of each intent, and the action that answers a question.

The topic key names the topic's files and is the value of the `topic` slot. A question is « ask_refund/delay »: the
intent and a name.
"""

import re
from functools import cache

from actions import responses

# The entity of a button's payload that names the question.
QUESTION = "question"

TOPIC_KEYS = {
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

# Topics with an action of their own; `action_facts` (faq.py) answers the others.
WITH_ACTION = frozenset(
    {
        "invoice", "withdrawal", "return_conditions", "refund", "parcel", "tracking", "damaged_parcel", "seller",
        "faulty_product", "device_accounts", "tradein_cancellation", "support",
    }
)  # fmt: skip


# Intents that are no topic, but that an action answers.
OTHERS = {
    "out_of_scope": "action_out_of_scope",
    "distress": "action_distress",
    "follow_up": "action_follow_up",
    "ask_duration": "action_follow_up",
}


PROBLEMS = frozenset(TOPIC_KEYS) - {"contact_support"}


def describes_problem(intent: str | None, text: str | None) -> bool:
    """Whether a customer's message with this intent describes a problem in words; a pressed button does not."""
    return intent in PROBLEMS and not (text or "/").startswith("/")


# « Où », « quand », « ? »: the message asks something.
_ASKS = re.compile(
    r"\?|\b(?:o[uù]|quand(?! m[êe]me)|comment|combien|pourquoi|pk|qui|quoi|koi|quel(?:le)?s?|est-ce)\b", re.IGNORECASE
)


def only_describes(intent: str | None, text: str) -> bool:
    """Whether the message describes a problem and asks nothing."""
    return describes_problem(intent, text) and not _ASKS.search(text)


def intent_of(question: str) -> str:
    return question.partition("/")[0]


def is_support(question: str) -> bool:
    """Whether the question is one about the shop, not small talk, a follow-up or out of scope."""
    return intent_of(question) in TOPIC_KEYS


def is_undocumented(question: str) -> bool:
    """Whether the question is « <topic>/unknown »: it stands for all details of a topic that no fact documents."""
    return question.endswith("/unknown")


def can_be_offered(question: str) -> bool:
    """Whether a button can ask the question."""
    return is_support(question) and not is_undocumented(question)


def action_of(question: str) -> str:
    """The name of the action that answers a question, or any question of its intent."""
    if intent_of(question) in OTHERS:
        return OTHERS[intent_of(question)]
    key = TOPIC_KEYS[intent_of(question)]
    return f"action_{key}" if key in WITH_ACTION else "action_facts"


@cache
def default_question(intent: str) -> str:
    """The question of a message for which only the topic is known: the first one of its file in data/responses/."""
    return next((question for question in responses.titles() if intent_of(question) == intent), intent)


def is_answered(question: str) -> bool:
    """Whether the question has a reply. A question that the team added later has none in an older version."""
    return intent_of(question) not in TOPIC_KEYS or f"utter_{question}" in responses.load()


def button(question: str) -> dict[str, str]:
    """A button that asks a support question."""
    intent, _, name = question.partition("/")
    payload = f'/{intent}{{"question": "{name}"}}' if name else f"/{intent}"
    return {"title": title(question), "payload": payload}


def title(question: str) -> str:
    """The button text of a question or a topic."""
    return responses.titles().get(question) or responses.titles()[default_question(intent_of(question))]
