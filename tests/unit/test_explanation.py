"""Explanations: a turn's events, reduced to what the console shows."""

import pytest

from actions.topics import QUESTION
from bot.explanation import explain, explain_all


def user(text, intent, message_id="1", **read):
    parsed = {"intent": {"name": intent, "confidence": 0.9}, "entities": [], **read}
    return {"event": "user", "text": text, "message_id": message_id, "parse_data": parsed}


def understood(text, intent, **read):
    """(explanation, question) of one message."""
    found = explain([user(text, intent, **read)], {}, None)
    return found, next((one["value"] for one in found["entities"] if one["entity"] == QUESTION), intent)


def ranked(*names):
    return [{"name": name, "confidence": 0.3} for name in names]


def test_a_question_is_kept_with_the_other_questions():
    topics_of = ranked("ask_refund", "contact_seller", "thank")
    questions = ranked("ask_refund/delay", "ask_refund/who", "contact_seller/how", "thank")
    found, question = understood(
        "c'est quand ?", "ask_refund", question="ask_refund/delay", question_ranking=questions, intent_ranking=topics_of
    )
    assert question == "ask_refund/delay"
    assert [one["name"] for one in found["ranking"]] == ["ask_refund/who", "contact_seller/how", "thank"]


def test_the_events_of_before_there_were_questions_are_read():
    found, question = understood(
        "c'est quand ?", "ask_refund", intent_ranking=ranked("ask_refund", "nlu_fallback", "contact_seller")
    )
    assert (question, found["entities"]) == ("ask_refund", [])
    assert [one["name"] for one in found["ranking"]] == ["contact_seller"]


def test_a_button_s_question_is_whole():
    found, question = understood(
        '/ask_refund{"question": "who"}', "ask_refund", entities=[{"entity": "question", "value": "who"}]
    )
    assert question == "ask_refund/who"
    assert [one["value"] for one in found["entities"]] == ["ask_refund/who"]


@pytest.mark.parametrize("intent", ["nlu_fallback", "inform"])
def test_the_question_of_another_intent_is_not_what_was_understood(intent):
    found, question = understood(
        "PX48207264", intent, question="ask_refund/delay", question_ranking=ranked("ask_refund/delay")
    )
    assert (question, found["entities"]) == (intent, [])
    assert [one["name"] for one in found["ranking"]] == ["ask_refund/delay"]


def test_the_model_that_read_a_message_is_kept():
    """Rasa writes its id into every event; older events have none."""
    event = user("bonjour", "greet") | {"metadata": {"model_id": "d2e924feadf3496388d049dee927ced7"}}
    assert explain([event], {}, None)["model"] == "d2e924feadf3496388d049dee927ced7"
    assert explain([user("bonjour", "greet")], {}, None)["model"] == ""


def test_a_session_start_explains_nothing():
    assert explain([{"event": "session_started"}, {"event": "slot", "name": "topic", "value": None}], {}, None) is None


def test_a_conversation_is_explained_turn_by_turn_and_a_new_session_clears_its_memory():
    said = {"event": "bot", "text": "Bonjour", "metadata": {"utter_action": "utter_greet"}, "data": {}}
    events = [
        {"event": "session_started"},
        user("bonjour", "greet"),
        {"event": "action", "name": "action_greet", "policy": "RulePolicy"},
        said,
        {"event": "slot", "name": "topic", "value": "parcel"},
        {"event": "active_loop", "name": "order_form"},
        {"event": "action", "name": "action_listen"},
        user("PX48207264", "inform", "3"),
        {"event": "slot", "name": "topic", "value": None},
        {"event": "active_loop", "name": None},
        {"event": "session_started"},
        {"event": "slot", "name": "topic", "value": "invoice"},
        user("merci", "thank", "5"),
    ]
    found = explain_all(events)
    assert list(found) == ["1", "3", "5"]
    assert [found[key]["slots"] for key in found] == [{"topic": "parcel"}, {}, {"topic": "invoice"}]
    assert [found[key]["form"] for key in found] == ["order_form", "", ""]
    assert found["1"]["actions"] == [{"name": "action_greet", "policy": "RulePolicy"}]
    assert found["1"]["replies"] == [{"name": "utter_greet", "text": "Bonjour", "buttons": [], "card": None}]
