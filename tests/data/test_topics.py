"""Every topic and question has its lines, replies, rule and tests, and none of these is without a topic."""

import re
from collections import Counter, defaultdict
from pathlib import Path

from actions import topics
from console.reply_checks import lacking_lines, question_faults
from harness.checks import assert_none
from harness.project import (
    ROOT,
    domain,
    response_files,
    responses,
    rules,
    training_examples,
    training_lines,
    where,
)

BUTTONS_ONLY = {"change_email"}
SMALL_TALK = {"greet", "goodbye", "thank", "affirm", "deny", "bot_challenge"}
MIN_LINES = {**dict.fromkeys(topics.TOPIC_KEYS, 100), **dict.fromkeys(SMALL_TALK, 30), "out_of_scope": 300}
INTENTS = [intent for intent in domain()["intents"] if intent not in BUTTONS_ONLY]
# Intents without question titles: no support questions, or with special replies (actions/support.py, out_of_scope.py).
WITHOUT_TITLE = {intent for intent in INTENTS if intent not in topics.TOPIC_KEYS and intent != "out_of_scope"}
WITHOUT_TITLE |= {"out_of_scope/insult"}


def intents_of(rule):
    return {step["intent"] for step in rule["steps"] if "intent" in step}


def titled():
    """{question: the stem of the file of data/responses/ with its reply}"""
    return {
        name.removeprefix("utter_"): Path(file).stem
        for file, replies in response_files().items()
        for name, wordings in replies.items()
        if "title" in (wordings[0].get("metadata") or {})
    }


def stem_of(question):
    """The stem of the topic's files."""
    intent = topics.intent_of(question)
    return topics.TOPIC_KEYS.get(intent, intent)


def missing():
    """What a question or a topic lacks, as sentences that name the file to edit."""
    lines = Counter(question for _, question, _, _ in training_examples())
    files = defaultdict(set)
    for stem, question, _, _ in training_examples():
        files[question].add(stem)
    replies = titled()
    for question in lines:
        if question not in replies and not {question, topics.intent_of(question)} & WITHOUT_TITLE:
            yield f"data/responses/{stem_of(question)}.yml: utter_{question}, with a title"
    for question, stem in replies.items():
        if more := lacking_lines(lines[question]):
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


def test_every_question_and_topic_is_complete():
    assert_none(missing())


def test_a_question_has_a_name_and_a_title_of_its_own():
    titles = {question: title_of(question) for question in titled()}
    assert_none(
        f"{where(f'utter_{question}')}: {fault}"
        for question, title in titles.items()
        for fault in question_faults(question, title, {name: one for name, one in titles.items() if name != question})
    )


def title_of(question):
    return responses()[f"utter_{question}"][0]["metadata"]["title"]


def test_only_the_first_wording_of_a_reply_has_a_title():
    assert_none(
        f"{where(name)}: delete the title of all wordings but the first"
        for name, wordings in responses().items()
        if any("title" in (one.get("metadata") or {}) for one in wordings[1:])
    )


def test_an_intent_has_enough_lines_in_one_file():
    assert_none(fault for intent in INTENTS for fault in faults_of_lines(intent))


def faults_of_lines(intent):
    count = Counter(stem for stem, name, _ in training_lines() if name == intent)
    files = sorted(f"data/nlu/{stem}.yml" for stem in count) or [f"data/nlu/{stem_of(intent)}.yml"]
    if len(count) > 1:
        yield f"{files[0]}: move all lines of {intent} into it: there are some in {', '.join(files[1:])}"
    few = MIN_LINES.get(intent, 30) - count.total()
    if few > 0:
        yield f"{files[0]}: write {few} more lines of {intent}"


def test_an_intent_has_one_rule():
    named = Counter(intent for _, rule in rules() for intent in intents_of(rule))
    intents = [*domain()["intents"], "nlu_fallback"]
    assert_none([
        *(f"data/rules/: write a rule for {intent}" for intent in intents if not named[intent]),
        *(f"data/rules/{stem}.yml: {rule['rule']}: leave one rule for {intent}, which has {named[intent]}"
          for stem, rule in rules() for intent in intents_of(rule) if named[intent] > 1),
        *(f"data/rules/{stem}.yml: {rule['rule']}: domain.yml has no intent {intent}"
          for stem, rule in rules() for intent in intents_of(rule) - set(intents)),
    ])  # fmt: skip


def test_a_topics_rule_names_the_action_that_answers_its_questions():
    assert_none(
        f"data/rules/{stem}.yml: {rule['rule']}: its only action is {topics.action_of(intent)}"
        for stem, rule in rules()
        for intent in intents_of(rule) & set(topics.TOPIC_KEYS)
        if actions_of(rule) != [topics.action_of(intent)]
    )


def actions_of(rule):
    return [step["action"] for step in rule["steps"] if "action" in step]


def test_every_intent_of_the_lines_and_of_the_domain_is_one_of_the_other():
    learnt = {name: stem for stem, name, _ in training_lines()}
    assert_none([
        *(f"domain.yml: intents: write {name}, of which data/nlu/{learnt[name]}.yml has lines"
          for name in learnt.keys() - INTENTS),
        *(f"data/nlu/: write lines of the intent {name} of domain.yml" for name in INTENTS if name not in learnt),
    ])  # fmt: skip


def listed_actions():
    """The action names of domain.yml, some of which have options."""
    return {name if isinstance(name, str) else next(iter(name)) for name in domain()["actions"]}


def test_every_rule_names_an_action_that_exists():
    known = listed_actions() | set(domain()["forms"])
    assert_none(
        f"data/rules/{stem}.yml: {rule['rule']}: domain.yml has no action or form {action}"
        for stem, rule in rules()
        for action in actions_of(rule)
        if action not in known
    )


def test_the_domain_lists_the_replies_that_rules_and_forms_name_and_no_other():
    listed = {name for name in listed_actions() if name.startswith("utter_")}
    named = {action for _, rule in rules() for action in actions_of(rule) if action.startswith("utter_")}
    named |= {"utter_default"}  # said by Rasa after its own fallback
    named |= {
        f"utter_ask_{slot}" if f"utter_ask_{form}_{slot}" not in responses() else f"utter_ask_{form}_{slot}"
        for form, needs in domain()["forms"].items()
        for slot in needs["required_slots"]
    }
    assert_none([
        *(f"domain.yml: actions: write {name}, which a rule or a form says" for name in named - listed),
        *(f"domain.yml: actions: delete {name}, which no rule and no form says" for name in listed - named),
        *(f"data/responses/: write {name}, which domain.yml lists" for name in listed - set(responses())),
    ])  # fmt: skip


def test_the_domain_lists_the_actions_that_there_are():
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    listed = {name for name in listed_actions() if not name.startswith("utter_")}
    assert_none([
        *(f"domain.yml: actions: write {name}, which actions/ has" for name in executor.actions.keys() - listed),
        *(f"actions/: write {name}, which domain.yml lists" for name in listed - executor.actions.keys()),
    ])  # fmt: skip


def test_further_questions_are_the_support_intents():
    config = set(re.findall(r"^      - (\w+)$", (ROOT / "config.yml").read_text(), re.MULTILINE))
    assert_none([
        *(f"config.yml: topics: write {name}" for name in topics.TOPIC_KEYS.keys() - config),
        *(f"config.yml: topics: {name} is no topic of actions/topics.py" for name in config - topics.TOPIC_KEYS.keys()),
    ])  # fmt: skip
