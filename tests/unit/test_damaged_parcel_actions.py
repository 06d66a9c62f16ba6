"""A damaged parcel: whether the customer has noted and photographed the damage, and what that means for the claim."""

import asyncio

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.validation import ValidateDamageForm


@pytest.mark.parametrize(
    ("noted", "photos", "outcome"),
    [
        (True, True, "report_damaged_parcel/ready"),
        (True, False, "report_damaged_parcel/no_photos"),
        (False, True, "report_damaged_parcel/no_slip"),
        (False, False, "damage_note_now"),
        (False, None, "damage_note_now"),
    ],
)
def test_the_four_outcomes_of_a_damaged_parcel(act, noted, photos, outcome):
    result = act("action_damage_outcome", slots={"slip_noted": noted, "photos_taken": photos})
    assert result.names == [f"utter_{outcome}"]


def damaged(act, text="mon colis est arrivé abîmé", question="report_damaged_parcel/what_to_do", **given):
    return act("action_damaged_parcel", text=text, intent="report_damaged_parcel", question=question, **given)


def test_a_damaged_parcel_asks_what_there_is(act):
    result = damaged(act, slots={"slip_noted": True})
    assert (result.names, result.next) == (["utter_report_damaged_parcel/what_to_do"], "damage_form")
    assert result.slots["slip_noted"] is None


def test_what_the_message_says_of_slip_and_photos_is_not_asked_again(act):
    result = damaged(act, "carton écrasé, j'ai mis des réserves sur le bon")
    assert (result.slots["slip_noted"], result.slots["photos_taken"], result.next) == (True, None, "damage_form")
    result = damaged(act, "carton écrasé, rien noté, mais j'ai pris des photos")
    assert (result.slots["slip_noted"], result.slots["photos_taken"]) == (False, True)
    assert (result.names, result.next) == ([], "action_damage_outcome")


def test_one_proof_named_and_a_message_that_surely_has_both_is_not_asked_again(act):
    text, ready = "le livreur a tout marqué, et j'ai les photos", "report_damaged_parcel/ready"
    result = damaged(act, text, ready, ranking=[(ready, 0.95)])
    assert (result.slots["slip_noted"], result.next) == (True, "action_damage_outcome")
    assert damaged(act, text, ready, ranking=[(ready, 0.6)]).next == "damage_form"


def test_a_question_about_the_claim_ends_the_form_that_asked(act):
    result = damaged(act, question="report_damaged_parcel/no_slip", form="damage_form")
    assert (result.names, result.left_form) == (["utter_report_damaged_parcel/no_slip"], True)


def test_what_there_is_of_a_damaged_parcel_is_put_right(act):
    result = act("action_correct", intent="correct", form="damage_form", slots={"slip_noted": True})
    assert (result.slots["slip_noted"], result.slots["photos_taken"], result.next) == (None, None, "damage_form")


@pytest.mark.parametrize("proof", ["no_slip", "no_photos"])
def test_no_after_what_a_claim_lacks_says_what_that_means(act, proof):
    result = act("action_deny", intent="deny", slots={"question": f"report_damaged_parcel/{proof}"})
    assert result.names == [f"utter_report_damaged_parcel/{proof}"]


def test_after_nothing_was_noted_nothing_is_just_what_is_needed(act):
    ready = "report_damaged_parcel/ready"
    result = act("action_damaged_parcel", intent="report_damaged_parcel", question=ready, slots={"slip_noted": False})
    assert result.names == ["utter_damage_not_noted"]


@pytest.mark.parametrize(("text", "elsewhere"), [("non c'est pas un colis, c'est la télé", True), ("non", False)])
def test_a_no_that_names_another_subject_is_no_answer_about_the_slip(act, text, elsewhere):
    slots = {"requested_slot": "slip_noted", "slip_noted": False}
    validated = act("validate_damage_form", text=text, intent="deny", slots=slots, form="damage_form")
    assert (validated.slots == {"slip_noted": None, "photos_taken": None}) is elsewhere


def test_a_word_on_the_carriers_paper_is_a_note_although_the_photos_come_later(act):
    text = "j'ai mis un mot sur le papier du livreur, les photos je les fais ce soir"
    slots = {"requested_slot": "slip_noted", "slip_noted": True}
    validated = act("validate_damage_form", text=text, intent="affirm", slots=slots, form="damage_form")
    assert validated.slots.get("slip_noted", True) is True


@pytest.mark.parametrize(
    "text", ["la télé est cassée mais le carton était nickel", "l'écran est fendu, pourtant le colis n'avait rien"]
)
def test_in_an_intact_box_nothing_could_be_noted(act, text):
    read = {"intent": "report_damaged_parcel", "question": "report_damaged_parcel/what_to_do"}
    assert act("action_damaged_parcel", text=text, **read).names == ["utter_report_damaged_parcel/box_intact"]


@pytest.mark.parametrize(("text", "noted"), [("oui je l'ai noté et j'ai 3 photos", True), ("j'ai rien noté", False)])
def test_what_the_form_asks_for_is_read_however_the_message_is_classified(text, noted):
    tracker = Tracker("s", {"requested_slot": "slip_noted"}, {"text": text}, [], False, None, {}, "")
    found = asyncio.run(ValidateDamageForm().extract_slip_noted(CollectingDispatcher(), tracker, {}))
    assert found == {"slip_noted": noted}


def test_without_a_note_on_the_slip_no_reply_claims_that_the_claim_is_handled(act):
    read = {"intent": "report_damaged_parcel", "question": "report_damaged_parcel/outcome"}
    result = act("action_damaged_parcel", text="donc je perds mes 400 euros ?", slots={"slip_noted": False}, **read)
    assert result.names == ["utter_damage_outcome_unknown"]


@pytest.mark.parametrize("text", ["non jai juste des foto", "non, que des photos"])
def test_a_no_with_only_photos_answers_both_questions(text):
    """It was asked again whether the damage is noted on the slip."""
    events = [{"event": "user", "text": text, "parse_data": {"intent": {"name": "deny"}}}]
    tracker = Tracker("c", {"requested_slot": "slip_noted"}, {"text": text}, events, False, None, {}, None)
    found = ValidateDamageForm().validate_slip_noted(False, CollectingDispatcher(), tracker, {})
    assert found == {"slip_noted": False, "photos_taken": True}
