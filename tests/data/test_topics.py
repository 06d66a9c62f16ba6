"""A topic has one stem: each intent has its lines, its rule, its replies and its stories, and nothing is left over."""

import re

import pytest

from actions import topics
from tests.project import ROOT, domain, responses, rules, training_lines

BUTTONS_ONLY = {"change_email"}
SMALL_TALK = {"greet", "goodbye", "thank", "affirm", "deny", "bot_challenge"}
FEWEST = {**dict.fromkeys(topics.STEMS, 100), **dict.fromkeys(SMALL_TALK, 30), "out_of_scope": 300}
INTENTS = [intent for intent in domain()["intents"] if intent not in BUTTONS_ONLY]


def intents_of(rule):
    return {step["intent"] for step in rule["steps"] if "intent" in step}


@pytest.mark.parametrize("intent", INTENTS)
def test_an_intent_has_enough_lines_in_one_file(intent):
    stems = {stem for stem, name, _ in training_lines() if name == intent}
    count = sum(name == intent for _, name, _ in training_lines())
    assert len(stems) == 1, f"{intent} has lines in {stems or 'no file'} of data/nlu/: they belong in one"
    fewest = FEWEST.get(intent, 30)
    assert count >= fewest, f"{intent} has {count} lines in data/nlu/{stems.pop()}.yml: write {fewest - count} more"


@pytest.mark.parametrize("intent", domain()["intents"])
def test_an_intent_has_one_rule(intent):
    stems = [stem for stem, rule in rules() if intent in intents_of(rule)]
    assert len(stems) == 1, f"{intent} has rules in {stems}: exactly one file of data/rules/ must have it"


@pytest.mark.parametrize(("intent", "stem"), topics.STEMS.items())
def test_a_topic_has_its_stem_everywhere(intent, stem):
    for path in (
        f"data/nlu/{stem}.yml",
        f"data/rules/{stem}.yml",
        f"data/stories/{stem}.yml",
        f"data/responses/{stem}.yml",
        f"tests/stories/test_{stem}.yml",
    ):
        assert (ROOT / path).exists(), f"the topic {stem} ({intent}) has no {path}"
    assert {name for file, name, _ in training_lines() if file == stem} >= {intent}
    assert f"utter_title_{stem}" in responses()
    assert f"utter_duration_{stem}" in responses()
    assert list((ROOT / "tests/e2e/conversations").glob(f"*/{stem}.yml")), f"no conversation about {stem}"
    assert (stem in topics.WITH_ACTION) == (ROOT / f"actions/{stem}.py").exists()


def test_every_training_intent_is_in_the_domain():
    assert {intent for _, intent, _ in training_lines()} == set(INTENTS)


def test_every_rule_names_an_action_that_exists():
    known = {name if isinstance(name, str) else next(iter(name)) for name in domain()["actions"]}
    known |= set(domain()["forms"]) | set(responses())
    named = {step["action"] for _, rule in rules() for step in rule["steps"] if "action" in step}
    assert named <= known, f"unknown: {named - known}"


def test_the_action_server_has_the_domains_actions():
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    listed = {name if isinstance(name, str) else next(iter(name)) for name in domain()["actions"]}
    assert set(executor.actions) == listed


def test_second_questions_are_the_support_intents():
    config = (ROOT / "config.yml").read_text()
    assert set(re.findall(r"^      - (\w+)$", config, re.MULTILINE)) == set(topics.STEMS)
