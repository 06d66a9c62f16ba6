"""What needs no order: topics with a choice, yes and no, misunderstandings, the way to a person."""

import logging

import pytest

from actions import contacts, topics
from chat.models import HandOverRequest
from shop import clock

CONTACTS = {"utter_contacts_open", "utter_contacts_closed"}


@pytest.mark.parametrize("intent", sorted(set(topics.STEMS) - {"report_damaged_parcel", "unlock_account_device"}))
def test_every_topic_answers_at_once_and_is_remembered(act, intent):
    said = act(topics.action_of(intent), intent=intent)
    assert said.names
    assert said.slots["topic"] == topics.STEMS[intent]
    assert said.next == "action_listen"


@pytest.mark.parametrize(
    ("noted", "photos", "outcome"),
    [(True, True, "complete"), (True, False, "no_photos"), (False, True, "not_noted"), (False, False, "nothing")],
)
def test_the_four_outcomes_of_a_damaged_parcel(act, noted, photos, outcome):
    said = act("action_damage_outcome", slots={"slip_noted": noted, "photos_taken": photos})
    assert said.names == [f"utter_damage_{outcome}"]


def test_a_damaged_parcel_asks_what_there_is(act):
    said = act("action_damaged_parcel", intent="report_damaged_parcel", slots={"slip_noted": True})
    assert (said.names, said.next, said.slots["slip_noted"]) == (["utter_damaged_parcel"], "damage_form", None)


@pytest.mark.parametrize(
    ("family", "access", "reply"),
    [
        ("apple", True, "utter_steps_apple_access"),
        ("apple", False, "utter_steps_apple_no_access"),
        ("android", True, "utter_steps_android_access"),
        ("android", False, "utter_steps_android_no_access"),
        ("gmail", None, "utter_steps_gmail"),
    ],
)
def test_device_steps(act, family, access, reply):
    assert act("action_device_steps", slots={"device_family": family, "has_access": access}).names == [reply]


def test_a_new_device_question_forgets_the_old_device(act):
    said = act("action_device_accounts", slots={"device_family": "apple", "has_access": True})
    assert (said.slots["device_family"], said.slots["has_access"], said.next) == (None, None, "device_form")


def test_a_broken_device_in_the_message_is_not_asked_about_again(act):
    said = act("action_device_accounts", entities={"device_family": "apple", "device_broken": "écran cassé"})
    assert (said.slots["device_family"], said.slots["has_access"]) == ("apple", False)


def test_and_for_an_android(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": False}
    said = act("action_inform", intent="inform", slots=slots, entities={"device_family": "android"})
    assert said.next == "action_device_steps"


def test_and_without_access(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": True}
    said = act("action_device_access", intent="no_access", slots=slots)
    assert (said.slots["has_access"], said.next) == (False, "action_device_steps")


@pytest.mark.parametrize(
    ("intent", "reply"), [("no_access", "utter_tradein_gone"), ("have_access", "utter_tradein_still_here")]
)
def test_of_a_trade_in_it_says_whether_the_device_has_left(act, intent, reply):
    assert act("action_device_access", intent=intent, slots={"topic": "tradein_cancellation"}).names == [reply]


@pytest.mark.parametrize(
    ("named", "family", "following"),
    [("android", "android", "action_device_steps"), ("apple", None, "device_form"), (None, None, "device_form")],
)
def test_a_device_is_put_right_and_no_order_number_asked_for(act, named, family, following):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": True}
    given = {"device_family": named} if named else {}
    said = act("action_correct", intent="correct", slots=given | slots, entities=given)
    assert (said.slots["device_family"], said.next) == (family, following)


@pytest.mark.parametrize(("named", "family"), [("android", "android"), (None, None)])
def test_a_device_is_put_right_while_its_form_asks(act, named, family):
    slots = {"topic": "device_accounts", "device_family": named or "apple"}
    given = {"device_family": named} if named else {}
    said = act("action_correct", intent="correct", form="device_form", slots=slots, entities=given)
    assert (said.slots["device_family"], said.next) == (family, "device_form")


def test_what_there_is_of_a_damaged_parcel_is_put_right(act):
    said = act("action_correct", intent="correct", form="damage_form", slots={"slip_noted": True})
    assert (said.slots["slip_noted"], said.slots["photos_taken"], said.next) == (None, None, "damage_form")


@pytest.mark.parametrize(
    ("offer", "following"),
    [("look_up", "action_look_up"), ("leave_message", "action_leave_message"), ("ask_refund", "action_facts")],
)
def test_yes_takes_the_offer(act, offer, following):
    assert act("action_affirm", intent="affirm", slots={"offer": offer}).next == following


def test_yes_to_nothing_is_answered(act):
    assert act("action_affirm", intent="affirm").names == ["utter_anything_else"]


def test_an_offer_lasts_one_turn(act):
    assert act("action_deny", intent="deny", slots={"offer": "look_up"}).slots["offer"] is None


@pytest.mark.parametrize("action", ["action_deny", "action_stop"])
def test_no_and_stop_end_a_form(act, action):
    said = act(action, form="order_form")
    assert said.left_form
    assert said.names == ["utter_stopped"]


def test_unsure_asks_back_with_up_to_three_topics(act):
    ranking = [
        ("ask_refund", 0.3),
        ("greet", 0.2),
        ("ask_withdrawal", 0.2),
        ("cancel_order", 0.1),
        ("ask_invoice", 0.09),
    ]
    said = act("action_ask_back", intent="nlu_fallback", ranking=ranking)
    assert said.names == ["utter_ask_back"]
    payloads = [button["payload"] for button in said[0][1]["buttons"]]
    assert payloads == ["/ask_refund", "/ask_withdrawal", "/cancel_order"]


def test_nothing_likely_asks_to_rephrase(act):
    assert act("action_ask_back", intent="nlu_fallback", ranking=[("out_of_scope", 0.3)]).names == [
        "utter_ask_rephrase"
    ]


@pytest.mark.parametrize("before", ["utter_ask_back", "utter_ask_back_one", "utter_ask_rephrase", "utter_clarify"])
@pytest.mark.parametrize("action", ["action_ask_back", "action_clarify"])
def test_the_second_misunderstanding_in_a_row_offers_a_person(act, action, before):
    """Whatever the messages were read as: also a word about a device that belongs to nothing is not understood."""
    said = act(action, intent="no_access", answered=[before], form="order_form")
    assert said.names[0] == "utter_not_understood_again"
    assert set(said.names[1:]) & CONTACTS
    assert said.left_form


def test_a_misunderstanding_that_was_cleared_up_is_none_before_the_next(act):
    assert act("action_ask_back", intent="nlu_fallback", answered=["utter_refund"]).names == ["utter_ask_rephrase"]


def test_a_second_question_is_taken_up(act):
    said = act("action_facts", intent="ask_refund", second_question="ask_invoice")
    assert said.names == ["utter_refund", "utter_second_question"]
    assert (said.next, said.slots["asked_intent"]) == ("action_invoice", "ask_invoice")
    then = act("action_invoice", intent="ask_refund", second_question="ask_invoice", slots=said.slots)
    assert then.names[0] == "utter_invoice"
    assert then.slots["asked_intent"] is None


@pytest.mark.parametrize("topic", sorted(topics.STEMS.values()))
def test_how_long_is_read_in_the_context_of_the_topic(act, topic):
    assert act("action_duration", slots={"topic": topic}).names == [f"utter_duration_{topic}"]


def test_how_long_of_nothing_asks_of_what(act):
    assert act("action_duration").names == ["utter_duration_of_what"]


@pytest.mark.parametrize(("hour", "reply"), [("12", "utter_contacts_open"), ("20", "utter_contacts_closed")])
def test_contacts_say_whether_the_line_is_open(act, monkeypatch, hour, reply):
    from datetime import datetime

    monkeypatch.setattr(contacts.clock, "now", lambda: datetime(2026, 11, 23, int(hour), tzinfo=clock.PARIS))
    said = act("action_support", intent="contact_support")
    assert said.names == [reply]
    if reply == "utter_contacts_closed":
        assert said[0][1]["next_opening"] == "demain à 10\u00a0h"


def test_a_request_is_stored_before_it_is_confirmed(act):
    said = act("action_leave_request", slots={"email": "a@example.com", "handover_text": "x" * 2000, "topic": "refund"})
    request = HandOverRequest.objects.get()
    assert (request.email, len(request.text), request.topic) == ("a@example.com", 2000, "refund")
    assert said.names == ["utter_request_left"]


def test_an_action_that_fails_says_so_and_its_log_holds_no_words_of_the_customer(act, caplog):
    with caplog.at_level(logging.ERROR):
        said = act("action_invoice", text="mon secret", second_question="unheard_of", slots={"email": "a@example.com"})
    assert said.names[-1] == "utter_fault"
    assert "secret" not in caplog.text
    assert "a@example.com" not in caplog.text
