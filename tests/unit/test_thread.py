"""Words whose meaning depends on the conversation so far."""

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.corrections import FALLBACK_REPLIES
from actions.support import ValidateHandoverForm
from actions.validation import ValidateDamageForm
from shop.models import TradeIn
from shop.status import TradeInStatus

PARCEL = "where_is_parcel/where"


def pair(entry):
    number = "tradein_number" if entry["kind"] == "tradein" else "order_number"
    return {number: entry["number"], "email": entry["email"]}


def validated(form, slot, value, text):
    tracker = Tracker("c", {}, {"text": text}, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    result = getattr(form, f"validate_{slot}")(value, dispatcher, tracker, {})
    return result, [message["response"] for message in dispatcher.messages]


def test_a_device_that_is_named_in_another_topic_begins_no_other(act):
    result = act("action_inform", entities={"device_family": "android"}, slots={"topic": "tradein_not_listed"})
    assert result.names == ["utter_device_for_what"]


@pytest.mark.parametrize("form", ["order_form", "tradein_form", "damage_form", "handover_form"])
def test_a_device_that_is_named_in_a_form_leaves_the_form_alone(act, form):
    result = act("action_inform", entities={"device_family": "apple"}, slots={"topic": "parcel"}, form=form)
    assert (result.names, result.left_form, result.next) == ([], False, form)


def test_a_duration_is_that_of_the_order_that_is_known(act, shop):
    for label, reply in (("personalised", "utter_withdrawal_excluded"), ("delivered_old", "utter_withdrawal_past")):
        assert how_long(act, **pair(shop[label])).names[0] == reply
    assert how_long(act).names == ["utter_ask_return_conditions/deadline"]


def how_long(act, **known):
    """Ask « Combien de temps ? » after an answer about a withdrawal: the follow-up action, then the topic's action."""
    slots = {"topic": "withdrawal", "question": "ask_withdrawal/how", **known}
    result = act("action_follow_up", intent="ask_duration", slots=slots)
    assert (result.names, result.next) == ([], "action_return_conditions")
    return act(result.next, intent="ask_duration", slots=slots | result.slots)


def test_no_to_a_question_back_asks_to_say_it_otherwise(act):
    for before in sorted(FALLBACK_REPLIES):
        assert act("action_deny", intent="deny", answered=[before]).names == ["utter_ask_rephrase"]
    assert act("action_deny", intent="deny", answered=["utter_thank"]).names == ["utter_declined"]


@pytest.mark.parametrize("intent", ["greet", "thank"])
def test_small_talk_ends_what_was_offered(act, intent):
    result = act("action_small_talk", intent=intent, slots={"offer": "leave_message"})
    assert result.names == [f"utter_{intent}"]
    assert result.slots["offer"] is None


def test_ok_after_no_match_asks_for_the_number_again(act, shop):
    slots = {"order_number": "PX00000000", "email": "x@example.com"}
    result = act("action_parcel", intent="where_is_parcel", slots=slots)
    assert result.slots["offer"] == "look_up"
    assert act("action_affirm", intent="affirm", slots=slots | result.slots).next == "action_look_up"


def test_an_email_that_found_no_order_is_asked_for_again(act):
    known = {"order_number": "PX00000000", "email": "x@example.con"}
    assert act("action_leave_message", slots=known).slots["email"] == "x@example.con"
    refused = known | {"refused_lookup": "PX00000000 x@example.con"}
    result = act("action_leave_message", slots=refused)
    assert (result.names, result.slots["email"], result.next) == (["utter_request_intro"], None, "handover_form")


def test_who_pays_the_return_has_one_answer_for_every_order(act, shop):
    asked, slots = "ask_return_conditions/who_pays", pair(shop["delivered_recent"])
    result = act("action_return_conditions", intent="ask_return_conditions", question=asked, slots=slots)
    assert result.names == [f"utter_{asked}"]


@pytest.mark.parametrize("text", ["non c'est .com pas .con", "gmail point com", "pas la bonne adresse", "hotmail"])
def test_what_is_said_of_an_email_leaves_the_number_alone(act, text):
    slots = {"order_number": "PX48207264", "email": "x@example.con", "lookup_question": PARCEL}
    result = act("action_correct", text=text, slots=slots)
    assert result.slots["email"] is None
    assert "order_number" not in result.slots


def test_a_change_of_mind_changes_what_a_look_up_is_for_and_a_question_on_the_way_does_not(act):
    asked = {"intent": "ask_withdrawal", "slots": {"lookup_question": PARCEL}}
    result = act("action_withdrawal", text="en fait je veux le retourner", form="order_form", **asked)
    assert result.slots["lookup_question"] == "ask_withdrawal/how"
    for text, form in (("comment je le retourne ?", "order_form"), ("en fait je le retourne", "tradein_form")):
        assert "lookup_question" not in act("action_withdrawal", text=text, form=form, **asked).slots


@pytest.mark.parametrize(
    ("status", "shipped", "reply"),
    [
        (TradeInStatus.RECEIVED, True, "utter_tradein_received"),
        (TradeInStatus.SHIPPED, True, "utter_tradein_shipped"),
        (TradeInStatus.SHIPPED, False, "utter_tradein_shipped"),
        (TradeInStatus.CANCELLED, False, "utter_tradein_cancelled"),
    ],
)
def test_a_trade_in_in_each_state(act, shop, status, shipped, reply):
    entry = shop["shipped_tradein"]
    TradeIn.objects.filter(number=entry["number"]).update(status=status)
    if not shipped:
        TradeIn.objects.filter(number=entry["number"]).update(shipped_at=None)
    assert act("action_tradein_cancellation", intent="cancel_tradein", slots=pair(entry)).names == [reply]


@pytest.mark.parametrize(
    ("text", "photos"),
    [
        ("j'ai rien noté mais j'ai des photos", True),
        ("pas noté mais j'ai des photos", True),
        ("oui et jai pris des photos", True),
        ("oui noté, aucune photo", False),
        ("oui noté, les photos non", None),
        ("pas noté et j'ai pas pris les photos", None),
        ("oui noté mais les photos je les ai pas faites", None),
        ("oui", None),
    ],
)
def test_photos_that_are_spoken_of_with_the_note_are_not_asked_for_again(text, photos):
    slots, _ = validated(ValidateDamageForm(), "slip_noted", True, text)
    assert slots == {"slip_noted": True} | ({} if photos is None else {"photos_taken": photos})


@pytest.mark.parametrize(
    ("text", "photos"),
    [
        ("oui j'ai pris des photos", True),
        ("j'ai les photos", True),
        ("j'ai pas les photos", None),
        ("j'ai oublié les photos", None),
    ],
)
def test_photos_alone_say_nothing_of_the_note(text, photos):
    slots, _ = validated(ValidateDamageForm(), "slip_noted", True, text)
    assert slots == {"slip_noted": None} | ({} if photos is None else {"photos_taken": photos})


@pytest.mark.parametrize("slot", ["slip_noted", "photos_taken"])
def test_a_no_that_is_classified_as_a_yes_is_a_no(slot):
    assert validated(ValidateDamageForm(), slot, True, "Non, il était parti avant que je regarde")[0] == {slot: False}


@pytest.mark.parametrize("text", ["?", "ok", "oui", "12345", "…"])
def test_a_request_that_says_nothing_is_asked_for_again(text):
    assert validated(ValidateHandoverForm(), "handover_text", text, text) == (
        {"handover_text": None},
        ["utter_request_unclear"],
    )


def test_a_request_that_says_something_is_taken():
    text = "mon colis est perdu"
    assert validated(ValidateHandoverForm(), "handover_text", text, text) == ({"handover_text": text}, [])
