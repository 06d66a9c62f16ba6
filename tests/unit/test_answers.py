"""The quick check of an action's answer: it refuses what Rasa's own refuses, and repeats nothing of it."""

import copy

import pytest
from jsonschema.exceptions import ValidationError
from rasa.core.actions.action import RemoteAction

from bot import answers, exchanged

SLOT = {"event": "slot", "timestamp": None, "name": "email", "value": "camille.durand@example.com"}
FOLLOW_UP = {"event": "followup", "timestamp": None, "name": "action_invoice"}
GOOD = {"events": [SLOT, FOLLOW_UP], "responses": [{"text": "Bonjour"}]}
rasas_own = copy.copy(RemoteAction._validate_action_result)
action = RemoteAction("action_invoice", None)


def verdict(check, answer):
    try:
        return check(action, answer)
    except ValidationError:
        return False


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        {"events": [], "responses": []},
        {},
        {"events": [SLOT | {"name": 5}], "responses": []},
        {"events": [{"event": "slot", "value": 1}], "responses": []},
        {"events": [FOLLOW_UP | {"name": None}], "responses": []},
        {"events": [{"event": "secret"}], "responses": []},
        {"events": SLOT, "responses": []},
        {"events": [], "responses": {"text": "x"}},
        {"events": [{"event": "reminder"}], "responses": []},
    ],
)
def test_it_agrees_with_rasas_own(answer):
    assert verdict(answers.check, answer) == verdict(rasas_own, answer)


def test_it_takes_a_good_one():
    assert answers.check(action, GOOD)


def test_a_refusal_says_where_and_not_what():
    with pytest.raises(ValidationError) as refusal:
        answers.check(action, {"events": [SLOT | {"name": ["camille.durand@example.com"]}], "responses": []})
    assert "$.name" in str(refusal.value)
    assert "camille" not in str(refusal.value)


def test_a_part_that_rasa_does_not_know_is_not_exchanged():
    with pytest.raises(AttributeError):
        exchanged.put(action, "_no_such_part", None)
