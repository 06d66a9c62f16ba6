"""Topics that look an order or a trade-in up, over a real database."""

import json

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from shop.models import LookupFailure, Order, OrderLine, Shipment

CONTACTS = {"utter_contacts_open", "utter_contacts_closed"}


def pair(entry):
    number = "tradein_number" if entry["kind"] == "tradein" else "order_number"
    return {number: entry["number"], "email": entry["email"]}


@pytest.mark.parametrize(
    ("label", "replies"),
    [
        ("pending", ["utter_parcel_pending"]),
        ("validated", ["utter_parcel_validated"]),
        ("shipped", ["utter_parcel_shipped", "utter_parcel_tracking"]),
        ("shipped_today", ["utter_parcel_shipped", "utter_parcel_tracking", "utter_parcel_tracking_soon"]),
        ("cancelled", ["utter_parcel_cancelled"]),
        ("delivered_recent", ["utter_parcel_delivered", "utter_parcel_tracking"]),
    ],
)
@pytest.mark.parametrize("action", ["action_parcel", "action_tracking"])
def test_where_a_parcel_is(shop, act, action, label, replies):
    said = act(action, slots=pair(shop[label]))
    assert said.names == replies
    assert said[0][1]["product"] == shop[label]["product"]
    for name, values in said:
        if name == "utter_parcel_tracking":
            assert values["tracking_number"] == shop[label]["tracking_number"]


def test_a_shipment_without_tracking_number(shop, act):
    Shipment.objects.filter(order__number=shop["shipped"]["number"]).update(tracking_number="")
    assert act("action_parcel", slots=pair(shop["shipped"])).names == [
        "utter_parcel_shipped",
        "utter_parcel_no_tracking",
    ]


@pytest.mark.parametrize(
    ("label", "replies"),
    [
        ("pending", ["utter_withdrawal_not_shipped"]),
        ("shipped", ["utter_withdrawal_not_delivered"]),
        ("cancelled", ["utter_withdrawal_cancelled"]),
        ("delivered_recent", ["utter_withdrawal_open", "utter_withdrawal_steps", "utter_withdrawal_statement"]),
        ("delivered_old", ["utter_withdrawal_past"]),
        ("personalised", ["utter_withdrawal_excluded"]),
        ("credit_contract", ["utter_withdrawal_open_credit", "utter_withdrawal_steps", "utter_withdrawal_statement"]),
        (
            "refurbished",
            [
                "utter_withdrawal_open",
                "utter_withdrawal_steps",
                "utter_withdrawal_statement",
                "utter_return_refurbished",
            ],
        ),
    ],
)
def test_withdrawal_from_an_order(shop, act, label, replies):
    assert act("action_withdrawal", slots=pair(shop[label])).names == replies


@pytest.mark.parametrize(
    ("action", "label", "replies"),
    [
        ("action_invoice", "shipped", ["utter_invoice_available"]),
        ("action_invoice", "no_invoice", ["utter_invoice_missing"]),
        ("action_return_conditions", "delivered_recent", ["utter_withdrawal_open", "utter_return_conditions_state"]),
        ("action_return_conditions", "personalised", ["utter_withdrawal_excluded"]),
        ("action_seller", "shipped", ["utter_seller_of_order"]),
        ("action_faulty_product", "shipped", ["utter_faulty_product_of_order"]),
        ("action_tradein_cancellation", "not_shipped_tradein", ["utter_tradein_cancellable"]),
        ("action_tradein_cancellation", "shipped_tradein", ["utter_tradein_shipped"]),
    ],
)
def test_other_topics(shop, act, action, label, replies):
    assert act(action, slots=pair(shop[label])).names == replies


def test_without_number_the_facts_and_an_offer(shop, act):
    said = act("action_parcel")
    assert said.names == ["utter_parcel", "utter_offer_order_form"]
    assert said.slots["offer"] == "look_up"
    assert said.next == "action_listen"


def test_a_number_in_the_message_begins_the_look_up(shop, act):
    said = act("action_parcel", entities={"order_number": "PX48201937"})
    assert said.next == "order_form"
    assert said.slots["lookup_topic"] == "parcel"


def test_nothing_is_said_of_an_order_whose_email_is_wrong(shop, act):
    entry = shop["shipped"]
    said = act("action_parcel", slots={"order_number": entry["number"], "email": "x@example.com"})
    assert said.names == ["utter_no_match_order_form"]
    hidden = {
        value for key, value in entry.items() if isinstance(value, str) and key not in ("number", "label", "kind")
    }
    shown = json.dumps(said, default=str, ensure_ascii=False)
    assert not [value for value in hidden if value in shown]


def test_a_refused_pair_is_not_tried_again_by_itself(shop, act):
    slots = {"order_number": "PX00000000", "email": "x@example.com"}
    refused = act("action_parcel", slots=slots).slots
    failures = LookupFailure.objects.count()
    said = act("action_invoice", slots={**slots, **refused})
    assert said.names == ["utter_invoice", "utter_offer_order_form"]
    assert LookupFailure.objects.count() == failures


def test_a_turn_that_is_run_again_counts_its_typo_once(shop, act):
    for _ in range(6):  # the events of a turn that broke are lost, `refused_lookup` among them
        said = act("action_parcel", slots=pair(shop["shipped"]) | {"email": "x@example.com"}, message_id="7")
        assert said.names == ["utter_no_match_order_form"]
    assert act("action_parcel", slots=pair(shop["shipped"]), message_id="8").names[0] == "utter_parcel_shipped"


def test_looking_up_again_after_a_refusal_asks_for_both(shop, act):
    slots = {"order_number": "PX00000000", "email": "x@example.com", "refused_lookup": "PX00000000 x@example.com"}
    said = act("action_look_up", intent="look_up", slots=slots)
    assert (said.slots["order_number"], said.slots["email"], said.next) == (None, None, "order_form")


def test_the_same_refused_pair_given_again_is_refused_in_words_and_not_counted(shop, act):
    slots = {"order_number": "PX00000000", "email": "x@example.com", "refused_lookup": "PX00000000 x@example.com"}
    failures = LookupFailure.objects.count()
    said = act("action_look_up", intent="inform", entities={"email": "x@example.com"}, slots=slots)
    assert said.names == ["utter_no_match_order_form"]
    assert LookupFailure.objects.count() == failures


def test_digits_after_a_failed_trade_in_are_a_trade_ins(shop, act):
    entry = shop["not_shipped_tradein"]
    slots = {"tradein_number": "RP70112234", "email": entry["email"], "lookup_topic": "tradein_cancellation"}
    said = act("action_inform", intent="inform", entities={"order_number": entry["number"][2:]}, slots=slots)
    assert said.names == ["utter_tradein_cancellable"]


def test_my_order_is_an_order_whatever_was_spoken_of(shop, act):
    slots = {"lookup_topic": "tradein_cancellation"}
    assert act("action_look_up", text="regardez ma commande", intent="look_up", slots=slots).next == "order_form"
    assert act("action_look_up", text="regardez ma reprise", intent="look_up").next == "tradein_form"


def test_a_mixed_order_may_be_withdrawn_from_but_for_what_is_personalised(shop, act):
    entry = shop["delivered_recent"]
    order = Order.objects.get(number=entry["number"])
    OrderLine.objects.create(order=order, product="Coque gravée", personalised=True)
    said = act("action_withdrawal", slots=pair(entry))
    assert said.names[:2] == ["utter_withdrawal_open", "utter_withdrawal_partly_excluded"]
    assert said[1][1]["excluded"] == "Coque gravée"
    statement = dict(said)["utter_withdrawal_statement"]
    assert "Coque gravée" not in statement["product"]


def test_an_order_that_is_shipped_without_a_shipment_says_what_is_known(shop, act):
    entry = shop["shipped"]
    Shipment.objects.filter(order__number=entry["number"]).delete()
    assert act("action_parcel", slots=pair(entry)).names == ["utter_parcel_shipped_unknown", "utter_parcel_no_tracking"]


def test_a_tracking_number_without_a_link_is_given_without_one(shop, act):
    entry = shop["shipped"]
    Shipment.objects.filter(order__number=entry["number"]).update(tracking_url="")
    assert act("action_parcel", slots=pair(entry)).names == ["utter_parcel_shipped", "utter_parcel_tracking_number"]


def test_too_many_failures_say_until_when_and_give_the_contacts(shop, act):
    for attempt in range(5):
        act("action_parcel", slots={"order_number": f"PX0000000{attempt}", "email": "x@example.com"})
    said = act("action_parcel", slots=pair(shop["shipped"]))
    assert said.names[:2] == ["utter_parcel", "utter_lookup_locked"], "what needs no order is answered all the same"
    assert said[1][1]["until"].count("h") == 1
    assert set(said.names[2:]) & CONTACTS


@pytest.mark.parametrize("action", ["action_parcel", "action_withdrawal", "action_leave_request"])
def test_a_database_that_is_away_is_said_and_nothing_is_claimed(shop, act, monkeypatch, action):
    def away(*args, **kwargs):
        raise OperationalError("the database is away")

    slots = pair(shop["shipped"]) | {"handover_text": "Rappelez-moi"}
    with monkeypatch.context() as broken:
        broken.setattr(BaseDatabaseWrapper, "_cursor", away)
        said = act(action, slots=slots)
    assert "utter_shop_unavailable" in said.names
    assert set(said.names) & CONTACTS
    assert not any("utter_parcel_" in name or "utter_withdrawal_" in name for name in said.names)


def test_one_wrong_digit_is_put_right_and_looked_up(shop, act):
    entry = shop["shipped"]
    wrong = entry["number"].replace("0", "1")
    said = act("action_correct", text="non, c'est 0 pas 1", slots=pair(entry) | {"order_number": wrong})
    assert said.names == ["utter_parcel_shipped", "utter_parcel_tracking"]


@pytest.mark.parametrize(
    ("text", "asked_again"),
    [
        ("je me suis trompé de numéro", "order_number"),
        ("c'est pas le bon mail", "email"),
        ("non c'est faux", "order_number"),
    ],
)
def test_what_was_wrong_is_asked_for_again(shop, act, text, asked_again):
    said = act("action_correct", text=text, slots=pair(shop["shipped"]))
    assert said.slots[asked_again] is None
    assert said.next == "order_form"


def test_the_buttons_under_a_look_up_that_found_nothing(shop, act):
    assert act("action_change_number", slots=pair(shop["shipped"])).slots["order_number"] is None
    assert act("action_change_email", slots=pair(shop["shipped"])).slots["email"] is None
