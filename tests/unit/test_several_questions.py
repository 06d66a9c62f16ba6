"""Several questions in one message: which are answered, in which order, and which are buttons."""

from actions import topics


def test_a_further_question_is_answered_next(act):
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


def test_the_question_that_is_answered_next_is_no_button(act):
    ranking = [("ask_invoice/where", 0.44), ("ask_refund/delay", 0.37)]
    read = {"intent": "ask_invoice", "question": "ask_invoice/where", "ranking": ranking}
    assert act("action_invoice", **read)[0][1]["others"] == [topics.button("ask_refund/delay")]
    assert act("action_invoice", further_questions=["ask_refund/delay"], **read)[0][1]["others"] == []


def test_an_implied_question_is_a_button(act):
    read = {"intent": "ask_refund", "question": "ask_refund/means", "offered_questions": ["update_personal_info/how"]}
    assert act("action_refund", **read)[0][1]["others"] == [topics.button("update_personal_info/how")]


def test_a_further_question_waits_as_a_button_while_something_is_asked_for(act):
    result = act("action_refund", intent="ask_refund", further_questions=["ask_invoice/missing"], form="order_form")
    assert result.names == ["utter_ask_refund/delay", "utter_further_question_later"]
    assert result[1][1]["buttons"] == [topics.button("ask_invoice/missing")]
    assert result.next == "order_form"
