"""A topic has one stem and its questions: each with its lines, its reply and its rule, and nothing is left over."""

import re
from collections import Counter, defaultdict

import pytest

from actions import topics
from harness.project import ROOT, domain, responses, rules, training_examples, training_lines

BUTTONS_ONLY = {"change_email"}
SMALL_TALK = {"greet", "goodbye", "thank", "affirm", "deny", "bot_challenge"}
FEWEST = {**dict.fromkeys(topics.TOPIC_KEYS, 100), **dict.fromkeys(SMALL_TALK, 30), "out_of_scope": 300}
FEWEST_OF_A_QUESTION = 25
INTENTS = [intent for intent in domain()["intents"] if intent not in BUTTONS_ONLY]
# Questions of these are no support questions, or answered in words of their own (actions/support.py, out_of_scope.py).
WITHOUT_TITLE = {intent for intent in INTENTS if intent not in topics.TOPIC_KEYS and intent != "out_of_scope"}
WITHOUT_TITLE |= {"out_of_scope/insult"}


def intents_of(rule):
    return {step["intent"] for step in rule["steps"] if "intent" in step}


def titled():
    """{question: the stem of the file of data/responses/ that has its reply}"""
    found = {}
    for path in sorted((ROOT / "data/responses").glob("*.yml")):
        text = path.read_text()
        for name in re.findall(r"^  utter_([\w/]+):$", text, re.MULTILINE):
            if "title" in (responses()[f"utter_{name}"][0].get("metadata") or {}):
                found[name] = path.stem
    return found


def stem_of(question):
    """The topic's own file."""
    intent = topics.intent_of(question)
    return topics.TOPIC_KEYS.get(intent, intent)


def missing():
    """All that a question or a topic lacks, as sentences that name the file to write it in."""
    lines = Counter(question for _, question, _, _ in training_examples())
    files = defaultdict(set)
    for stem, question, _, _ in training_examples():
        files[question].add(stem)
    replies = titled()
    for question in lines:
        if question not in replies and not {question, topics.intent_of(question)} & WITHOUT_TITLE:
            yield f"data/responses/{stem_of(question)}.yml: utter_{question}, with a title"
    for question, stem in replies.items():
        if lines[question] < FEWEST_OF_A_QUESTION:
            more = FEWEST_OF_A_QUESTION - lines[question]
            yield f"data/nlu/{stem_of(question)}.yml: {more} more lines that ask {question}"
        if stem != stem_of(question):
            yield f"data/responses/{stem_of(question)}.yml: utter_{question}, which is in {stem}.yml"
        for stem in files[question] - {stem_of(question)}:
            yield f"data/nlu/{stem_of(question)}.yml: the lines that ask {question}, which are in {stem}.yml"
    for intent, stem in topics.TOPIC_KEYS.items():
        for path in (f"data/nlu/{stem}.yml", f"data/responses/{stem}.yml", f"tests/stories/test_{stem}.yml"):
            if not (ROOT / path).exists():
                yield f"{path}: the topic {intent} has none"
        if not list((ROOT / "tests/e2e/conversations").glob(f"*/{stem}.yml")):
            yield f"tests/e2e/conversations/happy/{stem}.yml: a conversation about {intent}"
        if not any(topics.intent_of(question) == intent for question in replies):
            yield f"data/responses/{stem}.yml: a reply with a title to a question of {intent}"
        if (stem in topics.WITH_ACTION) != (ROOT / f"actions/{stem}.py").exists():
            yield f"actions/topics.py: WITH_ACTION says of {stem} what actions/{stem}.py does not"


def test_nothing_is_missing_of_a_question_or_a_topic():
    found = list(missing())
    assert not found, "write or move:\n" + "\n".join(found)


def test_two_questions_are_not_called_the_same():
    titles = Counter(responses()[f"utter_{question}"][0]["metadata"]["title"] for question in titled())
    assert not [title for title, count in titles.items() if count > 1]


def test_only_the_first_wording_of_a_reply_has_a_title():
    assert not [
        name for name, all_ in responses().items() if any("title" in one.get("metadata", {}) for one in all_[1:])
    ]


@pytest.mark.parametrize("intent", INTENTS)
def test_an_intent_has_enough_lines_in_one_file(intent):
    stems = {stem for stem, name, _ in training_lines() if name == intent}
    count = sum(name == intent for _, name, _ in training_lines())
    assert len(stems) == 1, f"{intent} has lines in {stems or 'no file'} of data/nlu/: they belong in one"
    fewest = FEWEST.get(intent, 30)
    assert count >= fewest, f"{intent} has {count} lines in data/nlu/{stems.pop()}.yml: write {fewest - count} more"


@pytest.mark.parametrize("intent", [*domain()["intents"], "nlu_fallback"])
def test_an_intent_has_one_rule(intent):
    stems = [stem for stem, rule in rules() if intent in intents_of(rule)]
    assert len(stems) == 1, f"{intent} has rules in {stems}: exactly one file of data/rules/ must have it"


@pytest.mark.parametrize("intent", topics.TOPIC_KEYS)
def test_a_topics_rule_names_the_action_that_answers_its_questions(intent):
    (rule,) = [rule for _, rule in rules() if intent in intents_of(rule)]
    assert [step["action"] for step in rule["steps"] if "action" in step] == [topics.action_of(intent)]


def test_every_training_intent_is_in_the_domain():
    assert {intent for _, intent, _ in training_lines()} == set(INTENTS)


def test_every_rule_names_an_action_that_exists():
    known = {name if isinstance(name, str) else next(iter(name)) for name in domain()["actions"]}
    known |= set(domain()["forms"])
    named = {step["action"] for _, rule in rules() for step in rule["steps"] if "action" in step}
    assert named <= known, f"unknown: {named - known}"


def test_the_domain_lists_the_replies_that_rules_and_forms_name_and_no_other():
    listed = {name for name in domain()["actions"] if isinstance(name, str) and name.startswith("utter_")}
    assert listed <= set(responses())
    named = {step["action"] for _, rule in rules() for step in rule["steps"] if "action" in step}
    named |= {"utter_default"}  # what Rasa itself says after its own fallback
    asked = {
        f"utter_ask_{slot}" if f"utter_ask_{form}_{slot}" not in responses() else f"utter_ask_{form}_{slot}"
        for form, needs in domain()["forms"].items()
        for slot in needs["required_slots"]
    }
    assert listed == {name for name in named if name.startswith("utter_")} | asked


def test_the_action_server_has_the_domains_actions():
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    listed = {name if isinstance(name, str) else next(iter(name)) for name in domain()["actions"]}
    assert set(executor.actions) == {name for name in listed if not name.startswith("utter_")}


def test_further_questions_are_the_support_intents():
    config = (ROOT / "config.yml").read_text()
    assert set(re.findall(r"^      - (\w+)$", config, re.MULTILINE)) == set(topics.TOPIC_KEYS)
