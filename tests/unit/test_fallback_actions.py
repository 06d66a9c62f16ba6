"""After a message that was not understood or got a wrong answer: offered questions, a correction, or a person."""

import pytest

from actions import topics
from actions.corrections import FALLBACK_REPLIES

CONTACTS = "utter_contact_support/contact"


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


def test_a_resolved_misunderstanding_does_not_count_with_the_next_one(act):
    assert act("action_ask_back", intent="nlu_fallback", answered=["utter_ask_refund/delay"]).names == [
        "utter_ask_rephrase"
    ]


def repaired(act, *, before=(), **given):
    """« C'est pas ma question », after a message that was read as `before`."""
    ranking = [{"name": question, "confidence": share} for question, share in before]
    earlier = [{"event": "user", "parse_data": {"question_ranking": ranking}}]
    return act("action_repair", intent="repair", earlier=earlier, **given)


def test_after_a_wrong_answer_the_next_likeliest_question_is_answered(act):
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


def test_insisting_does_not_get_the_same_answer_a_third_time(act):
    read = {"intent": "ask_refund", "question": "ask_refund/who"}
    reply = [{"event": "bot", "metadata": {"utter_action": "utter_ask_refund/who"}}]
    twice = {"answered": ["utter_ask_refund/who"], "earlier": [{"event": "user"}, *reply, {"event": "user"}]}
    insists = "mais je vous demande qui me rembourse"
    assert act("action_refund", text=insists, **read, **twice).names == ["utter_said_enough"]
    assert act("action_refund", text="et qui rembourse le port ?", **read, **twice).names == ["utter_ask_refund/who"]
    assert act("action_refund", text=insists, **read).names == ["utter_ask_refund/who"]


def test_what_may_be_an_insult_is_one_in_anger_with_the_other_readings_as_buttons(act):
    ranking = [("out_of_scope/insult", 0.4), ("where_is_parcel/where", 0.3)]
    read = {"intent": "out_of_scope", "question": "out_of_scope/insult", "ranking": ranking}
    result = act("action_out_of_scope", text="C'est un scandale !!! Et ma machine ?", **read)
    assert result.names == ["utter_insult"]
    assert result[0][1]["others"] == [topics.button("where_is_parcel/where")]
    assert act("action_out_of_scope", text="gloubi boulga", **read).names == ["utter_out_of_scope/other"]


def test_an_angry_customer_gets_one_apology(act):
    result = act("action_refund", text="c'est une honte !!!", intent="ask_refund", question="ask_refund/delay")
    assert (result[0][1]["lead"], result.slots["regretted"]) == ("utter_sorry", True)
    again = act("action_refund", text="c'est une honte !!!", intent="ask_refund", slots={"regretted": True})
    assert "lead" not in again[0][1]


def test_a_correction_and_a_repair_get_a_word_of_regret_in_their_answer(act):
    read = {"intent": "ask_invoice", "question": "ask_invoice/where", "slots": {"question": "ask_withdrawal/how"}}
    corrected = act("action_invoice", text="non je parlais de la facture", **read)
    assert corrected[0][1]["lead"] == "utter_lead/misread"
    passed_on = {"asked_question": "ask_invoice/where", "further_questions": None}
    repaired_so = act("action_invoice", intent="repair", slots=passed_on)
    assert repaired_so[0][1]["lead"] == "utter_lead/misread"


def test_a_correction_classified_as_the_previous_question_gets_the_next_likeliest_answer(act):
    ranking = [("contact_seller/how", 0.6), ("ask_withdrawal/form", 0.3)]
    read = {"intent": "contact_seller", "question": "contact_seller/how", "slots": {"question": "contact_seller/how"}}
    insisted = act("action_seller", text="non mais je vous demande quel écrit", ranking=ranking, **read)
    assert insisted.slots["asked_question"] == "ask_withdrawal/form"
    only = act("action_seller", text="non mais je vous demande où", ranking=ranking[:1], **read)
    assert (only.names, "lead" in only[0][1]) == (["utter_contact_seller/how"], False)


@pytest.mark.parametrize("text", ["mon mari est mort, que faire de sa commande", "suite à un décès"])
def test_grief_gets_condolences_and_a_dead_device_none(act, text):
    read = {"intent": "out_of_scope", "question": "out_of_scope/shop"}
    assert act("action_out_of_scope", text=text, **read)[0][1]["lead"] == "utter_lead/condolences"
    assert "lead" not in act("action_out_of_scope", text="mon téléphone est mort", **read)[0][1]


def test_a_complaint_of_a_loop_gets_a_person(act):
    read = {"intent": "follow_up", "question": "follow_up/sure", "ranking": [("follow_up/sure", 0.5)]}
    slots = {"question": "update_personal_info/how"}
    text = "vous me répétez la même chose, ça marche pas"
    assert act("action_follow_up", text=text, slots=slots, **read).names == ["utter_said_enough"]


def test_a_correction_that_is_not_clear_gets_a_choice_instead_of_a_second_wrong_answer(act):
    ranking = [("where_is_parcel/why_cancelled", 0.3), ("track_delivery/how", 0.28), ("ask_refund/delay", 0.2)]
    given = {"intent": "where_is_parcel", "question": ranking[0][0], "slots": {"question": "ask_invoice/where"}}
    result = act("action_parcel", text="non, je vous parle d'autre chose", ranking=ranking, **given)
    assert result.names == ["utter_not_that"]
    assert len(result[0][1]["buttons"]) == 2
