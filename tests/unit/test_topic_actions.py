"""Each question is answered by the reply of its topic; the cases in which another one fits better."""

import logging

import pytest

from actions import responses, topics

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
def test_which_value_matched_nothing_is_never_revealed(act, text, wrong):
    read = {"intent": "update_personal_info", "question": "update_personal_info/order_address", "text": text}
    result = act("action_facts", **read, answered=["utter_no_match_order_form"])
    assert (result.names == ["utter_help/no_match/which"]) is wrong


def test_the_difference_between_cancelling_and_withdrawing_needs_no_order(act):
    slots = {"order_number": "PX48201937", "email": "a@example.com"}
    read = {"intent": "cancel_order", "question": "cancel_order/or_withdraw", "slots": slots}
    assert act("action_facts", **read).names == ["utter_cancel_order/or_withdraw"]


def test_photos_of_a_damage_go_to_the_team(act):
    read = {"intent": "contact_seller", "question": "contact_seller/attach"}
    after = act("action_seller", slots={"question": "report_damaged_parcel/ready"}, **read)
    assert after.names == ["utter_damage_attach"]
    assert act("action_seller", **read).names == ["utter_contact_seller/attach"]


def test_an_answer_of_another_topic_leaves_nothing_to_the_next_message(act):
    slots = {"asked_question": "out_of_scope/shop", "answered_for": "where_is_parcel/where"}
    assert act("action_out_of_scope", slots=slots).slots["answered_for"] is None


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


def test_an_action_that_fails_says_so_and_its_log_holds_no_words_of_the_customer(act, caplog):
    with caplog.at_level(logging.ERROR):
        result = act(
            "action_invoice", text="mon secret", further_questions=["unheard_of"], slots={"email": "a@example.com"}
        )
    assert result.names[-1] == "utter_fault"
    assert "secret" not in caplog.text
    assert "a@example.com" not in caplog.text


def test_the_order_is_looked_at_and_not_its_seller(act):
    result = act("action_look_up", intent="look_up", slots={"lookup_question": "contact_seller/no_answer"})
    assert result.slots["lookup_question"] == "where_is_parcel/where"


@pytest.mark.parametrize("text", ["j'ai toujours le colis à la maison", "je ne l'ai pas encore envoyé"])
def test_a_trade_in_that_is_still_here_can_be_cancelled_however_it_was_classified(act, text):
    read = {"intent": "cancel_tradein", "question": "cancel_tradein/shipped"}
    assert act("action_tradein_cancellation", text=text, **read).names == ["utter_cancel_tradein/how"]


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


def test_a_reproach_is_not_confirmed(act):
    read = {"intent": "follow_up", "question": "follow_up/sure", "slots": {"question": "ask_return_conditions/used"}}
    assert "lead" not in act("action_follow_up", text="vous vous moquez de moi ?", **read)[0][1]
    assert act("action_follow_up", text="vous êtes sûr ?", **read)[0][1]["lead"] == "utter_lead/sure"


@pytest.mark.parametrize("name", ["change", "unknown"])
def test_only_questions_about_cancelling_need_the_order(act, name):
    """« Je peux passer à une autre couleur ? » was answered as a cancellation."""
    slots = {"order_number": "PX48201937", "email": "nadia.benali@example.com"}
    read = {"intent": "cancel_order", "question": f"cancel_order/{name}", "slots": slots}
    assert act("action_facts", **read).names == [f"utter_cancel_order/{name}"]


def test_an_undocumented_detail_is_never_a_button(act):
    ranking = [("ask_refund/who", 0.4), ("ask_refund/unknown", 0.3), ("ask_invoice/where", 0.2)]
    result = act("action_ask_back", intent="nlu_fallback", ranking=ranking)
    titles = {button["title"] for button in result[0][1]["buttons"]}
    assert titles == {topics.title("ask_refund/who"), topics.title("ask_invoice/where")}
