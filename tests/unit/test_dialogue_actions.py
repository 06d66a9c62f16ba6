"""Actions without an order: topics with a choice, yes and no, fallbacks, the way to a person."""

import asyncio
import logging
from datetime import datetime

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import contacts, responses, topics
from actions.fallback import FALLBACK_REPLIES
from actions.support import ValidateHandoverForm, request_besides_email
from actions.validation import ValidateDamageForm
from chat.handover import MAX_PER_CONVERSATION, leave_request
from chat.models import HandOverRequest
from shop import clock

CONTACTS = "utter_contact_support/contact"
QUESTIONS = [question for question in responses.titles() if topics.intent_of(question) in topics.TOPIC_KEYS]
# Questions whose answer starts a form.
ASKING = {"report_damaged_parcel/what_to_do": "damage_form"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered_at_once_by_its_reply_and_is_remembered(act, question):
    intent = topics.intent_of(question)
    result = act(topics.action_of(question), intent=intent, question=question)
    assert result.names == [f"utter_{question}"]
    assert (result.slots["topic"], result.slots["question"]) == (topics.TOPIC_KEYS[intent], question)
    assert result.next == ASKING.get(question, "action_listen")


def test_a_questions_button_asks_the_same(act):
    for question in QUESTIONS:
        intent, _, name = question.partition("/")
        result = act(topics.action_of(question), intent=intent, entities={"question": name})
        assert result.names == [f"utter_{question}"]


def test_a_topic_alone_means_its_first_question(act):
    """For example in the button of an old page, « /ask_invoice »."""
    for intent in topics.TOPIC_KEYS:
        first = topics.default_question(intent)
        assert first in QUESTIONS
        assert act(topics.action_of(intent), intent=intent).names == [f"utter_{first}"]


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


HOW, SAMSUNG = "unlock_account_device/how", "unlock_account_device/samsung"


def unlocked(act, text="comment retirer le compte ?", question=HOW, **given):
    return act("action_device_accounts", text=text, intent="unlock_account_device", question=question, **given)


def test_a_device_that_is_named_brings_its_steps_at_once(act):
    result = unlocked(act, entities={"device_family": "apple"})
    assert (result.names, result.next) == ([], "action_device_steps")
    assert (result.slots["device_family"], result.slots["has_access"]) == ("apple", True)


def test_without_a_device_it_is_asked_which(act):
    assert unlocked(act).names == [f"utter_{HOW}"]


@pytest.mark.parametrize(
    ("text", "family", "has_access"),
    [
        ("et pour le mettre à jour avant de le vendre ?", {}, False),
        ("finalement il s'allume encore", {}, True),
        ("et sur l'android de mon fils ?", {"device_family": "android"}, True),
    ],
)
def test_a_dead_device_stays_dead_until_it_is_said_to_work_or_another_is_meant(act, text, family, has_access):
    slots = {"device_family": "apple", "has_access": False, "topic": "device_accounts"}
    result = unlocked(act, text, slots=slots, entities=family)
    assert (result.slots["has_access"], result.next) == (has_access, "action_device_steps")


@pytest.mark.parametrize(
    "text", ["j'ai pas d'autre appareil apple", "ça marche avec un ordi ?", "sur icloud.com, d'un pc ?"]
)
@pytest.mark.parametrize(
    ("action", "intent"),
    [("action_device_access", "have_access"), ("action_device_accounts", "unlock_account_device"),
     ("action_follow_up", "follow_up"), ("action_inform", "inform"), ("action_correct", "correct")],
)  # fmt: skip
def test_icloud_is_a_web_site_however_that_was_asked(act, text, action, intent):
    slots = {"device_family": "apple", "has_access": False, "topic": "device_accounts", "question": HOW}
    result = act(action, intent=intent, text=text, slots=slots)
    assert (result.names, result.next) == (["utter_steps_apple_elsewhere"], "action_listen")


def test_a_google_account_on_an_ipad_gets_no_steps_of_android(act):
    slots = {"device_family": "apple", "has_access": True, "topic": "device_accounts"}
    result = unlocked(act, "et le compte google dessus ?", slots=slots, entities={"device_family": "android"})
    assert result.names == ["utter_steps_google_on_apple"]
    result = unlocked(act, "et le compte google de mon samsung ?", slots=slots, entities={"device_family": "android"})
    assert result.next == "action_device_steps"


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("icloud sur un iphone à l'écran cassé", {"device_family": "apple", "device_broken": "écran cassé"}),
        ("icloud sur un iphone qui s'allume plus", {"device_family": "apple"}),
        ("retirer icloud, l'iphone est tombé dans l'eau", {"device_family": "apple"}),
    ],
)
def test_a_broken_device_in_the_message_is_not_asked_about_again(act, text, entities):
    result = unlocked(act, text, entities=entities)
    assert (result.slots["device_family"], result.slots["has_access"]) == ("apple", False)
    assert result.next == "action_device_steps"


def test_a_google_account_on_a_samsung_has_steps_and_a_samsung_account_has_none(act):
    family = {"device_family": "android"}
    assert unlocked(act, "mon compte Google sur mon Samsung", SAMSUNG, entities=family).next == "action_device_steps"
    assert unlocked(act, "mon compte Samsung", SAMSUNG, entities=family).names == [f"utter_{SAMSUNG}"]


def test_a_samsung_that_works_gets_an_androids_steps_after_an_iphone(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": False}
    result = unlocked(act, "et pour le Samsung de ma mère", SAMSUNG, slots=slots)
    assert result.slots["device_family"] == "android"
    assert act("action_device_access", intent="have_access", slots=result.slots).next == "action_device_steps"


def test_and_for_an_android(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": False}
    result = act("action_inform", intent="inform", slots=slots, entities={"device_family": "android"})
    assert result.next == "action_device_steps"


@pytest.mark.parametrize(
    ("text", "next_action"),
    [("son adresse, je ne la connais pas", "action_third_party"), ("et mon compte à moi ?", "action_listen")],
)
def test_another_persons_e_mail_is_not_the_customers_own_account(act, text, next_action):
    read = {"intent": "create_account", "question": "create_account/forgotten", "text": text}
    assert act("action_facts", **read, answered=["utter_third_party"]).next == next_action


def test_where_another_person_sees_the_order(act):
    read = {"intent": "follow_up", "question": "follow_up/where", "text": "et lui, il voit ça où ?"}
    assert act("action_follow_up", **read, answered=["utter_third_party"]).names == [
        "utter_follow_up/third_party_where"
    ]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("le numéro est bon, c'est le mail qui va pas ?", True), ("et mon adresse de livraison ?", False)],
)
def test_which_value_matched_nothing_is_never_told(act, text, wrong):
    read = {"intent": "update_personal_info", "question": "update_personal_info/order_address", "text": text}
    result = act("action_facts", **read, answered=["utter_no_match_order_form"])
    assert (result.names == ["utter_help/no_match/which"]) is wrong


def test_a_previous_owners_account_gets_no_steps_for_ones_own(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "question": "unlock_account_device/previous_owner"}
    result = act("action_device_access", intent="have_access", text="je veux juste m'en servir", slots=slots)
    assert (result.names, result.next) == (["utter_unlock_account_device/previous_owner"], "action_listen")


def test_it_works_no_more_is_no_access_however_it_was_read(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": True}
    result = act("action_device_access", intent="have_access", text="mais l'écran marche plus", slots=slots)
    assert result.slots["has_access"] is False


@pytest.mark.parametrize(("text", "before"), [("il est noir", True), ("il n'est pas cassé", False)])
def test_what_is_not_broken_is_at_hand(act, text, before):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": before}
    assert act("action_device_access", intent="have_access", text=text, slots=slots).slots["has_access"] is True


def test_a_broken_device_that_is_still_here_was_not_shipped(act):
    text, slots = "oui je l'ai encore, l'écran est cassé", {"topic": "tradein_cancellation"}
    assert act("action_device_access", intent="have_access", text=text, slots=slots).names == [
        "utter_cancel_tradein/how"
    ]


def test_and_without_access(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": True}
    result = act("action_device_access", intent="no_access", slots=slots)
    assert (result.slots["has_access"], result.next) == (False, "action_device_steps")


@pytest.mark.parametrize(
    ("intent", "reply"), [("no_access", "utter_cancel_tradein/shipped"), ("have_access", "utter_cancel_tradein/how")]
)
def test_of_a_trade_in_it_says_whether_the_device_has_left(act, intent, reply):
    assert act("action_device_access", intent=intent, slots={"topic": "tradein_cancellation"}).names == [reply]


def test_a_device_that_does_not_start_any_more_is_faulty_where_no_account_was_spoken_of(act):
    result = act("action_device_access", intent="no_access", slots={"topic": "parcel"})
    assert (result.next, result.slots["asked_question"]) == ("action_faulty_product", "product_not_working/what_to_do")


@pytest.mark.parametrize(
    ("named", "family", "answer"),
    [
        ("android", "android", ([], "action_device_steps")),
        ("apple", None, ([f"utter_{HOW}"], "action_listen")),
        (None, None, ([f"utter_{HOW}"], "action_listen")),
    ],
)
def test_a_device_is_put_right_and_no_order_number_asked_for(act, named, family, answer):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": True}
    given = {"device_family": named} if named else {}
    # With the mapping `custom`, the slot keeps the old device until the action sets it.
    result = act("action_correct", intent="correct", slots=slots, entities=given)
    assert (result.slots["device_family"], (result.names, result.next)) == (family, answer)


def test_of_two_devices_in_a_correction_the_other_one_counts(act):
    """« j'ai dit android mais c'est un iphone »"""
    slots = {"topic": "device_accounts", "device_family": "android", "has_access": True}
    named = {"entities": {"device_family": "android"}, "other_values": {"device_family": ["apple"]}}
    result = act("action_correct", intent="correct", slots=slots, **named)
    assert (result.slots["device_family"], result.next) == ("apple", "action_device_steps")


def test_what_there_is_of_a_damaged_parcel_is_put_right(act):
    result = act("action_correct", intent="correct", form="damage_form", slots={"slip_noted": True})
    assert (result.slots["slip_noted"], result.slots["photos_taken"], result.next) == (None, None, "damage_form")


@pytest.mark.parametrize(
    ("offer", "following"),
    [("look_up", "action_look_up"), ("leave_message", "action_leave_message"), ("ask_refund/delay", "action_refund")],
)
def test_yes_takes_the_offer(act, offer, following):
    assert act("action_affirm", intent="affirm", slots={"offer": offer}).next == following


def test_ok_only_notes_what_was_said_and_takes_no_offer(act):
    result = act("action_affirm", intent="affirm", question="affirm/ack", slots={"offer": "look_up"})
    assert (result.names, result.next) == (["utter_ack"], "action_listen")


@pytest.mark.parametrize(
    ("text", "following"), [("ok regardez", "action_look_up"), ("ok je regarderai", "action_listen")]
)
def test_go_ahead_takes_the_offer(act, text, following):
    result = act("action_affirm", text=text, intent="affirm", question="affirm/ack", slots={"offer": "look_up"})
    assert result.next == following


def test_who_asks_to_wait_is_waited_for(act):
    result = act("action_affirm", text="2 sec je cherche", intent="affirm", question="affirm/ack")
    assert result.names == ["utter_take_your_time"]


def test_hardly_an_ok_is_asked_for_more_words(act):
    ranking = [("affirm/ack", 0.2), ("repair", 0.1)]
    result = act("action_affirm", intent="affirm", question="affirm/ack", ranking=ranking)
    assert result.names == ["utter_ask_rephrase"]


@pytest.mark.parametrize(("text", "reply"), [("ok", "utter_ack"), ("c’est un peu raide", "utter_ack_regret")])
def test_a_rule_that_disappoints_is_regretted(act, text, reply):
    slots = {"question": "ask_return_conditions/personalised"}
    assert act("action_affirm", text=text, intent="affirm", question="affirm/ack", slots=slots).names == [reply]


def test_yes_to_nothing_is_answered(act):
    assert act("action_affirm", intent="affirm").names == ["utter_anything_else"]


def test_an_offer_lasts_one_turn(act):
    assert act("action_deny", intent="deny", slots={"offer": "look_up"}).slots["offer"] is None


@pytest.mark.parametrize("action", ["action_deny", "action_stop"])
def test_no_and_stop_end_a_form(act, action):
    result = act(action, form="order_form")
    assert result.left_form
    assert result.names == ["utter_stopped"]


def test_a_no_with_a_question_is_answered_as_the_question(act):
    read = {"intent": "deny", "ranking": [("deny", 0.6), ("ask_withdrawal/how", 0.3)]}
    result = act("action_deny", text="non en fait il me plaît pas du tout", **read)
    assert (result.names, result.slots["asked_question"]) == ([], "ask_withdrawal/how")
    assert act("action_deny", text="non merci", **read).names == ["utter_declined"]
    before = [{"event": "user", "parse_data": {"question_ranking": [{"name": "ask_refund/delay", "confidence": 0.2}]}}]
    read = {"intent": "deny", "ranking": [("deny", 0.99)]}
    result = act("action_deny", text="non je n'ai pas besoin de ça", earlier=before, **read)
    assert result.names == ["utter_declined"], "what the message before may have meant was not asked again"


@pytest.mark.parametrize("before", ["utter_declined", "utter_stopped"])
def test_the_second_no_in_a_row_offers_a_person(act, before):
    result = act("action_deny", intent="deny", answered=[before])
    assert result.names == ["utter_not_understood_again", CONTACTS]
    assert result.slots["offer"] == "leave_message"


@pytest.mark.parametrize("proof", ["no_slip", "no_photos"])
def test_no_after_what_a_claim_lacks_says_what_that_means(act, proof):
    result = act("action_deny", intent="deny", slots={"question": f"report_damaged_parcel/{proof}"})
    assert result.names == [f"utter_report_damaged_parcel/{proof}"]


def test_who_is_in_danger_gets_no_menu(act):
    ranking = [("nlu_fallback", 0.6), ("contact_support", 0.4)]
    slots = {"question": "distress/danger"}
    assert act("action_ask_back", intent="nlu_fallback", ranking=ranking, slots=slots).names == ["utter_danger"]


def test_unsure_asks_back_with_up_to_three_questions(act):
    ranking = [
        ("ask_refund/delay", 0.3),
        ("greet", 0.2),
        ("ask_withdrawal/how", 0.2),
        ("cancel_order/how", 0.1),
        ("ask_invoice/where", 0.09),
    ]
    result = act("action_ask_back", intent="nlu_fallback", ranking=ranking)
    assert result.names == ["utter_ask_back"]
    assert result[0][1]["buttons"] == [
        {"title": "Quand suis-je remboursé ?", "payload": '/ask_refund{"question": "delay"}'},
        {"title": "Retourner un produit", "payload": '/ask_withdrawal{"question": "how"}'},
        {"title": "Annuler une commande", "payload": '/cancel_order{"question": "how"}'},
    ]


@pytest.mark.parametrize("ranking", [[], [("out_of_scope/shop", 0.3)], [("ask_refund/delay", 0.02)]])
def test_nothing_likely_asks_to_rephrase(act, ranking):
    assert act("action_ask_back", intent="nlu_fallback", ranking=ranking).names == ["utter_ask_rephrase"]


def test_an_unsure_answer_has_the_next_readings_as_buttons_and_a_sure_one_has_not(act):
    for share, others in ((0.4, ["ask_invoice/missing", "contact_seller/how"]), (0.6, [])):
        ranking = [("ask_invoice/where", share), ("ask_invoice/missing", 0.2), ("greet", 0.15)]
        ranking += [("contact_seller/how", 0.12), ("ask_refund/who", 0.11)]
        result = act("action_invoice", intent="ask_invoice", question="ask_invoice/where", ranking=ranking)
        assert result.names == ["utter_ask_invoice/where"]
        assert result[0][1]["others"] == [topics.button(other) for other in others]


@pytest.mark.parametrize("before", sorted(FALLBACK_REPLIES))
@pytest.mark.parametrize("action", ["action_ask_back", "action_clarify"])
def test_the_second_misunderstanding_in_a_row_offers_a_person(act, action, before):
    """A device word without a topic counts as not understood too."""
    result = act(action, intent="no_access", answered=[before], form="order_form")
    assert result.names == ["utter_not_understood_again", CONTACTS]
    assert result.left_form


def test_a_misunderstanding_that_was_cleared_up_is_none_before_the_next(act):
    assert act("action_ask_back", intent="nlu_fallback", answered=["utter_ask_refund/delay"]).names == [
        "utter_ask_rephrase"
    ]


def repaired(act, *, before=(), **given):
    """« C'est pas ma question », after a message that was read as `before`."""
    ranking = [{"name": question, "confidence": share} for question, share in before]
    earlier = [{"event": "user", "parse_data": {"question_ranking": ranking}}]
    return act("action_repair", intent="repair", earlier=earlier, **given)


def test_answered_beside_the_question_the_next_likeliest_reading_is_answered(act):
    before = [("ask_refund/delay", 0.6), ("out_of_scope/shop", 0.3), ("ask_invoice/where", 0.2)]
    result = repaired(act, before=before, slots={"question": "ask_refund/delay"})
    assert (result.names, result.next) == ([], "action_invoice")
    assert result.slots["asked_question"] == "ask_invoice/where"


def test_a_wrong_answer_without_a_likely_alternative_asks_back_then_offers_a_person(act):
    before = [("ask_refund/delay", 0.9), ("ask_invoice/where", 0.01)]
    assert repaired(act, before=before, slots={"question": "ask_refund/delay"}).names == ["utter_repair_what"]
    assert repaired(act, answered=["utter_repair_what"]).names == ["utter_not_understood_again", CONTACTS]


def test_what_was_not_understood_of_an_answer_is_explained_and_else_asked(act):
    assert act("action_clarify", intent="clarify", slots={"question": "ask_refund/delay"}).next == "action_follow_up"
    assert act("action_clarify", intent="clarify").names == ["utter_clarify"]


def test_a_further_question_is_taken_up(act):
    result = act(
        "action_refund", intent="ask_refund", question="ask_refund/who", further_questions=["ask_invoice/where"]
    )
    assert result.names == ["utter_ask_refund/who"]
    assert "lead" not in result[0][1]
    assert (result.next, result.slots["asked_question"]) == ("action_invoice", "ask_invoice/where")
    read = {"intent": "ask_refund", "further_questions": ["ask_invoice/where"], "slots": result.slots}
    then = act("action_invoice", replied=result.names, **read)
    assert then.names == ["utter_ask_invoice/where"]
    assert then[0][1]["lead"] == "utter_lead/further"
    assert then.slots["asked_question"] is None


def test_of_three_questions_the_third_follows_the_second(act):
    further = ["contact_support/hours", "ask_invoice/where"]
    read = {"intent": "contact_support", "question": "contact_support/post", "further_questions": further}
    first = act("action_support", **read)
    assert first.slots["asked_question"] == "contact_support/hours", "of the same topic, too"
    second = act("action_support", slots=first.slots, **read)
    assert second.slots["asked_question"] == "ask_invoice/where"
    assert act("action_invoice", slots=second.slots, **read).slots["asked_question"] is None
    in_form = act("action_support", form="order_form", **read)
    assert in_form[-1][1]["buttons"] == [topics.button(question) for question in further], "none is lost"


def test_what_is_answered_next_is_no_button_beside_the_answer(act):
    ranking = [("ask_invoice/where", 0.44), ("ask_refund/delay", 0.37)]
    read = {"intent": "ask_invoice", "question": "ask_invoice/where", "ranking": ranking}
    assert act("action_invoice", **read)[0][1]["others"] == [topics.button("ask_refund/delay")]
    assert act("action_invoice", further_questions=["ask_refund/delay"], **read)[0][1]["others"] == []


def test_what_the_message_only_tells_is_a_button_beside_the_answer(act):
    read = {"intent": "ask_refund", "question": "ask_refund/means", "offered_questions": ["update_personal_info/how"]}
    assert act("action_refund", **read)[0][1]["others"] == [topics.button("update_personal_info/how")]


def test_what_is_told_during_a_request_is_noted_and_no_question(act):
    read = {"intent": "where_is_parcel", "question": "where_is_parcel/where", "form": "handover_form"}
    noted = act("action_parcel", text="c pour ma commande jamais recu", **read)
    assert (noted.names, noted.next) == (["utter_request_noted"], "handover_form")
    assert act("action_parcel", text="elle est où ma commande ?", **read).names == ["utter_where_is_parcel/where"]


def test_who_insists_does_not_get_the_same_answer_a_third_time(act):
    read = {"intent": "ask_refund", "question": "ask_refund/who"}
    reply = [{"event": "bot", "metadata": {"utter_action": "utter_ask_refund/who"}}]
    twice = {"answered": ["utter_ask_refund/who"], "earlier": [{"event": "user"}, *reply, {"event": "user"}]}
    insists = "mais je vous demande qui me rembourse"
    assert act("action_refund", text=insists, **read, **twice).names == ["utter_said_enough"]
    assert act("action_refund", text="et qui rembourse le port ?", **read, **twice).names == ["utter_ask_refund/who"]
    assert act("action_refund", text=insists, **read).names == ["utter_ask_refund/who"]


def test_the_difference_between_cancelling_and_withdrawing_needs_no_order(act):
    slots = {"order_number": "PX48201937", "email": "a@example.com"}
    read = {"intent": "cancel_order", "question": "cancel_order/or_withdraw", "slots": slots}
    assert act("action_facts", **read).names == ["utter_cancel_order/or_withdraw"]


def test_photos_of_a_damage_go_to_the_team(act):
    read = {"intent": "contact_seller", "question": "contact_seller/attach"}
    after = act("action_seller", slots={"question": "report_damaged_parcel/ready"}, **read)
    assert after.names == ["utter_damage_attach"]
    assert act("action_seller", **read).names == ["utter_contact_seller/attach"]


def test_gmail_on_a_device_out_of_hand_is_removed_as_android_s_google_account(act):
    read = {"intent": "unlock_account_device", "question": "unlock_account_device/how"}
    text = "mon gmail est encore sur le tel que j'ai envoyé hier"
    result = act("action_device_accounts", text=text, entities={"device_family": "gmail"}, **read)
    assert (result.slots["device_family"], result.slots["has_access"]) == ("android", False)


def test_an_answer_of_another_topic_leaves_nothing_to_the_next_message(act):
    slots = {"asked_question": "out_of_scope/shop", "answered_for": "where_is_parcel/where"}
    assert act("action_out_of_scope", slots=slots).slots["answered_for"] is None


def test_a_further_question_waits_as_a_button_while_something_is_asked_for(act):
    result = act("action_refund", intent="ask_refund", further_questions=["ask_invoice/missing"], form="order_form")
    assert result.names == ["utter_ask_refund/delay", "utter_further_question_later"]
    assert result[1][1]["buttons"] == [topics.button("ask_invoice/missing")]
    assert result.next == "order_form"


@pytest.mark.parametrize(
    ("now", "line"),
    [
        (datetime(2026, 11, 23, 12), "la ligne est ouverte en ce moment"),
        (datetime(2026, 11, 23, 20), "la ligne est fermée en ce moment et rouvre demain à 10\u00a0h"),
        # Public holidays: the hours name weekdays only.
        (
            datetime(2026, 12, 25, 11),
            "aujourd’hui est un jour férié, dont ces horaires ne parlent pas, et la ligne",
        ),
        (datetime(2026, 12, 24, 20), "au plus tard lundi 28\u00a0décembre 2026 à 10\u00a0h : demain est un jour férié"),
    ],
)
def test_contacts_say_whether_the_line_is_open(act, monkeypatch, now, line):
    monkeypatch.setattr(contacts.clock, "now", lambda: now.replace(tzinfo=clock.PARIS))
    result = act("action_support", intent="contact_support", question="contact_support/contact")
    assert result.names == [CONTACTS]
    assert line in result[0][1]["line"]
    assert result.slots["offer"] == "leave_message"


@pytest.mark.parametrize(("question", "leaves"), [("contact", True), ("no_answer", True), ("hours", False)])
def test_a_request_for_a_person_ends_the_form(act, question, leaves):
    result = act("action_support", intent="contact_support", question=f"contact_support/{question}", form="order_form")
    assert result.left_form is leaves


@pytest.mark.parametrize(
    ("answered", "before", "reason"),
    [
        (["where_is_parcel/where"], [], "asked"),
        ([], [], "asked"),
        (["ask_invoice/where", "report_damaged_parcel/what_to_do"], [], "damaged"),
        (["report_damaged_parcel/what_to_do", "ask_refund/not_received"], [], "money"),
        (["ask_refund/delay", "contact_support/contact"], [], "money"),
        (["ask_refund/delay", "where_is_parcel/where"], [], "asked"),
        (["where_is_parcel/where"], ["utter_not_understood_again"], "misunderstood"),
        (["ask_refund/delay"], ["utter_not_understood_again"], "money"),
    ],
)
def test_a_person_is_called_because_of_what_it_was_about(act, monkeypatch, answered, before, reason):
    async def somebody_is_there(conversation):
        return True

    monkeypatch.setattr(contacts, "ateam_is_available", somebody_is_there)
    read = {"intent": "contact_support", "question": "contact_support/contact", "answered": before}
    [(reply, message)] = act("action_support", slots={"answered_questions": answered}, **read)
    assert (reply, message["custom"]["handover"]) == ("utter_queue", reason)


def test_who_speaks_of_dying_reads_the_3114_first_and_who_is_worn_out_the_contacts(act):
    assert act("action_distress", intent="distress", question="distress/danger", form="order_form").names == [
        "utter_danger"
    ]
    result = act(
        "action_follow_up", intent="follow_up", question="follow_up/why", slots={"question": "distress/danger"}
    )
    assert result.names == ["utter_danger"]
    result = act("action_distress", intent="distress", question="distress/tired")
    assert result.names == ["utter_distress", CONTACTS]


def test_nothing_is_said_or_asked_about_somebody_elses_order(act):
    result = act("action_third_party", intent="third_party", form="order_form")
    assert (result.names, result.left_form, result.next) == (["utter_third_party"], True, "action_listen")


def test_out_of_scope_is_remembered_and_an_insult_is_not(act):
    result = act("action_out_of_scope", intent="out_of_scope", question="out_of_scope/tradein_price")
    assert (result.names, result.slots["question"]) == (
        ["utter_out_of_scope/tradein_price"],
        "out_of_scope/tradein_price",
    )
    result = act("action_out_of_scope", intent="out_of_scope", question="out_of_scope/insult")
    assert result.names == ["utter_insult"]
    assert "question" not in result.slots


def test_what_may_be_an_insult_is_one_in_anger_with_the_other_readings_as_buttons(act):
    ranking = [("out_of_scope/insult", 0.4), ("where_is_parcel/where", 0.3)]
    read = {"intent": "out_of_scope", "question": "out_of_scope/insult", "ranking": ranking}
    result = act("action_out_of_scope", text="C'est un scandale !!! Et ma machine ?", **read)
    assert result.names == ["utter_insult"]
    assert result[0][1]["others"] == [topics.button("where_is_parcel/where")]
    assert act("action_out_of_scope", text="gloubi boulga", **read).names == ["utter_out_of_scope/other"]


def test_anger_is_answered_with_regret_once(act):
    result = act("action_refund", text="c'est une honte !!!", intent="ask_refund", question="ask_refund/delay")
    assert (result[0][1]["lead"], result.slots["regretted"]) == ("utter_sorry", True)
    again = act("action_refund", text="c'est une honte !!!", intent="ask_refund", slots={"regretted": True})
    assert "lead" not in again[0][1]


def test_a_request_is_stored_before_it_is_confirmed(act):
    result = act(
        "action_leave_request", slots={"email": "a@example.com", "handover_text": "x" * 2000, "topic": "refund"}
    )
    request = HandOverRequest.objects.get()
    assert (request.email, len(request.text), request.topic) == ("a@example.com", 2000, "refund")
    assert result.names == ["utter_request_left"]
    card = {"kind": "request", "reference": request.reference, "email": "a@example.com", "text": request.text}
    assert result[0][1]["custom"] == {"card": card}


def test_what_was_said_and_the_number_go_along_with_a_request(act):
    earlier = [said("jai pa resu mn coli", "where_is_parcel"), said("rappelez-moi", "contact_support")]
    slots = {"email": "a@example.com", "handover_text": "c'est urgent, merci", "order_number": "PX48207264"}
    act("action_leave_request", slots=slots, earlier=earlier)
    text = "c'est urgent, merci\n\nPlus tôt : jai pa resu mn coli\n\nNuméro : PX48207264"
    assert HandOverRequest.objects.get().text == text


@pytest.mark.parametrize(
    ("text", "intent", "kept"), [("/affirm", "affirm", "jai pa resu mn coli"), ("ok", "inform", None)]
)
def test_a_yes_sends_what_was_said_before_and_nothing_is_asked_twice(text, intent, kept):
    latest = {"text": text, "intent": {"name": intent}}
    tracker = Tracker("s", {}, latest, [said("jai pa resu mn coli", "where_is_parcel")], False, None, {}, "")
    validated = ValidateHandoverForm().validate_handover_text(text, CollectingDispatcher(), tracker, {})
    assert validated == {"handover_text": kept}


def said(text, intent):
    return {"event": "user", "text": text, "parse_data": {"intent": {"name": intent}}}


def test_an_action_that_fails_says_so_and_its_log_holds_no_words_of_the_customer(act, caplog):
    with caplog.at_level(logging.ERROR):
        result = act(
            "action_invoice", text="mon secret", further_questions=["unheard_of"], slots={"email": "a@example.com"}
        )
    assert result.names[-1] == "utter_fault"
    assert "secret" not in caplog.text
    assert "a@example.com" not in caplog.text


def test_a_conversation_that_left_enough_requests_is_told_so_and_who_to_write_to(act):
    """The first message stores a request; the rest of the allowance is used up by others of the conversation."""
    for number in range(MAX_PER_CONVERSATION):
        leave_request("conversation", f"before{number}", email="a@example.com", text="Rappelez-moi")
    result = act(
        "action_leave_request", slots={"email": "b@example.com", "handover_text": "Rappelez-moi s'il vous plaît"}
    )
    assert result.names == ["utter_request_limit"]
    assert not HandOverRequest.objects.filter(email="b@example.com").exists()


def test_a_correction_and_a_repair_get_a_word_of_regret_in_their_answer(act):
    read = {"intent": "ask_invoice", "question": "ask_invoice/where", "slots": {"question": "ask_withdrawal/how"}}
    corrected = act("action_invoice", text="non je parlais de la facture", **read)
    assert corrected[0][1]["lead"] == "utter_lead/misread"
    passed_on = {"asked_question": "ask_invoice/where", "further_questions": None}
    repaired_so = act("action_invoice", intent="repair", slots=passed_on)
    assert repaired_so[0][1]["lead"] == "utter_lead/misread"


def test_a_correction_that_is_read_as_the_answer_before_gets_the_next_likeliest_answer(act):
    ranking = [("contact_seller/how", 0.6), ("ask_withdrawal/form", 0.3)]
    read = {"intent": "contact_seller", "question": "contact_seller/how", "slots": {"question": "contact_seller/how"}}
    insisted = act("action_seller", text="non mais je vous demande quel écrit", ranking=ranking, **read)
    assert insisted.slots["asked_question"] == "ask_withdrawal/form"
    only = act("action_seller", text="non mais je vous demande où", ranking=ranking[:1], **read)
    assert (only.names, "lead" in only[0][1]) == (["utter_contact_seller/how"], False)


def test_the_order_is_looked_at_and_not_its_seller(act):
    result = act("action_look_up", intent="look_up", slots={"lookup_question": "contact_seller/no_answer"})
    assert result.slots["lookup_question"] == "where_is_parcel/where"


@pytest.mark.parametrize("text", ["non mais le prénom", "non, la date de retour"])
def test_a_no_that_says_something_is_a_correction_and_no_goodbye(act, text):
    ranking = [("deny", 0.9), ("ask_refund/delay", 0.02), ("ask_invoice/where", 0.018), ("ask_refund/who", 0.017)]
    result = act("action_deny", text=text, intent="deny", ranking=ranking, slots={"question": "ask_refund/want"})
    assert result.names == ["utter_not_that"]
    assert [button["title"] for button in result[0][1]["buttons"]] == [
        topics.title("ask_refund/delay"),
        topics.title("ask_invoice/where"),
    ]


@pytest.mark.parametrize("text", ["non", "Non merci, c'est bon pour moi", "non rien d'autre, bonne soirée !"])
def test_a_no_that_says_nothing_else_is_a_goodbye(act, text):
    ranking = [("deny", 0.9), ("ask_refund/delay", 0.02)]
    assert act("action_deny", text=text, intent="deny", ranking=ranking).names == ["utter_declined"]


def test_who_insists_on_what_is_not_known_is_told_that_it_is_not(act):
    assert act("action_deny", text="non mais en gros", intent="deny").names == ["utter_nothing_more_precise"]


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("merci beaucoup", "utter_thank"),
        ("merci quand même, ça ne m'avance pas", "utter_thank_regret"),
        ("merci mais vous répondez pas à grand-chose", "utter_thank_regret"),
    ],
)
def test_thanks_that_complain_are_no_pleasure(act, text, reply):
    assert act("action_small_talk", text=text, intent="thank").names == [reply]


def test_leaving_a_request_gives_nothing_up(act):
    assert act("action_stop", intent="stop", text="bon, laisse un message alors").next == "action_leave_message"
    assert act("action_stop", intent="stop", text="laisse tomber").names == ["utter_gave_up"]


def rejected(form):
    return {"event": "action_execution_rejected", "name": form}


def test_a_form_lets_go_when_it_is_interrupted_twice(act):
    """Because a form that keeps asking prevents the customer from getting an answer."""
    read = {"intent": "ask_refund", "question": "ask_refund/delay", "form": "order_form"}
    first = act("action_refund", **read)
    assert (first.left_form, first.next) == (False, "order_form")
    answered = ["utter_ask_invoice/where", "utter_ask_order_number"]
    earlier = [{"event": "user"}, rejected("order_form")]
    second = act("action_refund", **read, earlier=earlier, answered=answered)
    assert (second.left_form, second.next) == (True, "action_listen")
    helped = act("action_refund", **read, earlier=earlier, answered=["utter_help/identity/why", "utter_ask_email"])
    assert not helped.left_form


def test_who_has_no_number_twice_is_shown_another_way(act):
    slots = {"requested_slot": "order_number"}
    read = {"intent": "follow_up", "question": "follow_up/dont_have", "form": "order_form", "slots": slots}
    first = act("action_follow_up", **read)
    assert (first.names, first.left_form) == (["utter_help/order_number/where"], True)
    read |= {"form": None, "slots": {"question": "where_is_parcel/where"}}
    again = act("action_follow_up", **read, answered=["utter_help/order_number/where"])
    assert again.names == ["utter_help/order_number/without"]


def test_who_has_no_number_is_not_asked_for_it(act):
    result = act("action_look_up", intent="look_up", text="j'ai regardé partout, le numéro je ne l'ai pas")
    assert (result.names, result.next) == (["utter_help/order_number/without"], "action_listen")


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
    ("text", "left"), [("pas la reprise, l'achat, je veux le rendre", True), ("et le retour ?", False)]
)
def test_who_has_no_trade_in_is_not_asked_for_its_number(act, text, left):
    read = {"intent": "ask_withdrawal", "question": "ask_withdrawal/how", "form": "tradein_form"}
    assert act("action_withdrawal", text=text, **read).left_form is left


@pytest.mark.parametrize("text", ["j'ai toujours le colis à la maison", "je ne l'ai pas encore envoyé"])
def test_a_trade_in_that_is_still_here_can_be_cancelled_however_it_was_read(act, text):
    read = {"intent": "cancel_tradein", "question": "cancel_tradein/shipped"}
    assert act("action_tradein_cancellation", text=text, **read).names == ["utter_cancel_tradein/how"]


@pytest.mark.parametrize(
    ("text", "intent", "kept"),
    [
        ("c'est quoi vos horaires ?", "contact_support", False),
        ("annulez ma commande de vélo", "cancel_order", True),
        ("je veux qu'on me rappelle pour mon vélo", "contact_support", True),
    ],
)
def test_only_a_request_is_taken_as_a_request(act, text, intent, kept):
    slots = {"requested_slot": "handover_text", "handover_text": text, "email": "a@example.com"}
    validated = act("validate_handover_form", text=text, intent=intent, slots=slots, form="handover_form")
    assert validated.slots.get("handover_text", text) == (text if kept else None)


@pytest.mark.parametrize("text", ["annulez", "non merci", "j'ai déjà tout expliqué", "supprimez cette demande"])
def test_a_request_that_is_called_off_ends_the_form_and_leaves_nothing(act, text):
    tracker = Tracker("s", {}, {"text": text}, [], False, None, {}, "")
    validated = ValidateHandoverForm().validate_handover_text(text, CollectingDispatcher(), tracker, {})
    assert validated == {"handover_text": None, "requested_slot": None}
    assert act("action_leave_request", slots={"email": "a@example.com"}).names == ["utter_stopped"]
    assert not HandOverRequest.objects.exists()


def test_a_request_beside_the_email_is_not_asked_for_again():
    text, email = "Jean Roux, j.roux@example.com, ma montre ne charge plus", "j.roux@example.com"
    start = text.index(email)
    entity = {"entity": "email", "value": email, "start": start, "end": start + len(email)}
    assert request_besides_email({"text": text, "entities": [entity]}) == "ma montre ne charge plus"
    assert (
        request_besides_email({"text": f"mon mail est {email}", "entities": [entity | {"start": 13, "end": 33}]})
        is None
    )


def test_a_question_about_a_request_that_was_left_opens_no_second_one(act):
    slots = {"email": "a@example.com", "handover_text": "mon vélo est cassé"}
    asked = act("action_leave_message", text="vous allez m'appeler ?", intent="leave_message", slots=slots)
    assert (asked.names, asked.next) == (["utter_request_waits"], "action_listen")
    for text in ("/leave_message", "je veux laisser une autre demande"):
        assert act("action_leave_message", text=text, intent="leave_message", slots=slots).next == "handover_form"


@pytest.mark.parametrize(
    ("text", "previous"),
    [("je veux être remboursé", "where_is_parcel/lost"), ("jamais arrivé, je veux mon argent", "ask_invoice/where")],
)
def test_what_never_came_is_not_sent_back(act, text, previous):
    read = {"intent": "ask_refund", "question": "ask_refund/want", "slots": {"question": previous}}
    assert act("action_refund", text=text, **read).names == ["utter_ask_refund/lost_parcel"]
    assert act(
        "action_refund", text="je veux être remboursé", intent="ask_refund", question="ask_refund/want"
    ).names == ["utter_ask_refund/want"]


@pytest.mark.parametrize("text", ["mon mari est mort, que faire de sa commande", "suite à un décès"])
def test_grief_gets_condolences_and_a_dead_device_none(act, text):
    read = {"intent": "out_of_scope", "question": "out_of_scope/shop"}
    assert act("action_out_of_scope", text=text, **read)[0][1]["lead"] == "utter_lead/condolences"
    assert "lead" not in act("action_out_of_scope", text="mon téléphone est mort", **read)[0][1]


def test_a_reproach_is_not_confirmed(act):
    read = {"intent": "follow_up", "question": "follow_up/sure", "slots": {"question": "ask_return_conditions/used"}}
    assert "lead" not in act("action_follow_up", text="vous vous moquez de moi ?", **read)[0][1]
    assert act("action_follow_up", text="vous êtes sûr ?", **read)[0][1]["lead"] == "utter_lead/sure"


def test_a_device_that_the_customer_does_not_have_is_none(act):
    read = {"intent": "unlock_account_device", "question": "unlock_account_device/samsung"}
    result = act(
        "action_device_accounts",
        text="je n'ai pas de samsung, j'ai un iphone",
        **read,
        entities={"device_family": "apple"},
    )
    assert (result.slots["device_family"], result.next) == ("apple", "action_device_steps")
    none = act("action_device_accounts", text="oubliez samsung", **read, slots={"device_family": "android"})
    assert none.names == ["utter_unlock_account_device/how"]


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


def test_who_asks_for_help_in_danger_is_not_told_that_it_is_out_of_scope(act):
    read = {"intent": "out_of_scope", "question": "out_of_scope/elsewhere", "slots": {"question": "distress/danger"}}
    assert act("action_out_of_scope", text="vous pouvez m'aider ?", **read).names == ["utter_danger"]


def test_the_steps_that_need_a_password_do_not_come_again_when_it_is_lost(act):
    read = {"intent": "unlock_account_device", "question": "unlock_account_device/password"}
    slots = {"question": "unlock_account_device/how", "topic": "device_accounts", "device_family": "apple"}
    text = "et sur icloud.com, j'ai oublié mon mot de passe apple"
    assert act("action_device_accounts", text=text, slots=slots | {"has_access": False}, **read).names == [
        "utter_account_password"
    ]
    assert act("action_device_accounts", text=text, slots=slots, **read).next == "action_device_steps"


def test_what_an_ok_asks_is_answered(act):
    read = {"intent": "affirm", "question": "affirm/ack", "ranking": [("affirm/ack", 0.6)]}
    seller = {"question": "contact_seller/how", "topic": "seller"}
    sent = act("action_affirm", text="ok envoyé. et si dans 3 jours rien ?", slots=seller, **read)
    assert sent.slots["asked_question"] == "contact_seller/no_answer"
    parcel = {"question": "where_is_parcel/where", "topic": "parcel"}
    assert act("action_affirm", text="ok donc demain ?", slots=parcel, **read).slots["asked_question"] == (
        "where_is_parcel/when"
    )
    assert act("action_affirm", text="ok à demain", slots=parcel, **read).names == ["utter_ack"]


def test_without_a_note_on_the_slip_nobody_is_told_that_the_claim_is_handled(act):
    read = {"intent": "report_damaged_parcel", "question": "report_damaged_parcel/outcome"}
    result = act("action_damaged_parcel", text="donc je perds mes 400 euros ?", slots={"slip_noted": False}, **read)
    assert result.names == ["utter_damage_outcome_unknown"]


def test_who_calls_in_the_middle_of_a_conversation_is_not_greeted_again(act):
    slots = {"question": "contact_support/complaint"}
    assert act("action_small_talk", text="allo ?", intent="greet", slots=slots).names == ["utter_still_here"]
    assert act("action_small_talk", text="allo ?", intent="greet").names == ["utter_greet"]


def test_who_complains_of_a_loop_gets_a_person(act):
    read = {"intent": "follow_up", "question": "follow_up/sure", "ranking": [("follow_up/sure", 0.5)]}
    slots = {"question": "update_personal_info/how"}
    text = "vous me répétez la même chose, ça marche pas"
    assert act("action_follow_up", text=text, slots=slots, **read).names == ["utter_said_enough"]


def test_a_danger_that_the_customer_denies_is_over(act):
    read = {"intent": "out_of_scope", "question": "out_of_scope/other", "ranking": [("out_of_scope/other", 0.5)]}
    slots = {"question": "distress/danger"}
    denied = act("action_out_of_scope", text="??? je parle d'un collier de chien", slots=slots, **read)
    assert denied.names == ["utter_repair_what"]
    assert act("action_out_of_scope", text="vous pouvez m'aider ?", slots=slots, **read).names == ["utter_danger"]
    read["ranking"] = [("out_of_scope/other", 0.5), ("distress/danger", 0.2)]
    meant = act("action_out_of_scope", text="je parle d'en finir", slots=slots, **read)
    assert meant.names == ["utter_danger"], "not denied while it may be meant"
