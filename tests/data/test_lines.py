"""Training and held-out lines: no duplicates, no overlap, no lines of the dialogues, no commands."""

from collections import Counter, defaultdict

from actions import responses as action_responses
from bot.nlu import context
from console import bot_data
from harness.checks import assert_none
from harness.project import (
    domain,
    heldout_lines,
    heldout_sets,
    plain,
    read,
    training_examples,
)

SETS = heldout_sets()
MIN_HELD_OUT = 15


def test_a_line_occurs_once_per_context():
    """The same words may mean two things in two contexts, and occur once without one."""
    places = defaultdict(list)
    for stem, question, line, after in training_examples():
        places[plain(line), after].append((f"data/nlu/{stem}.yml: {question}", line))
    assert_none(
        f"{place}: delete « {line} », which stands in {found[0][0]} too"
        for found in places.values()
        for place, line in found[1:]
    )


def test_a_question_has_one_block_for_each_context():
    """Otherwise its training lines would be spread over the file."""
    blocks = Counter(
        (path.name, block["intent"], bot_data.after_of(block))
        for path in sorted(bot_data.NLU.glob("*.yml"))
        for block in read(path)["nlu"]
        if "intent" in block
    )
    assert_none(
        f"data/nlu/{file}: put the {count} blocks of « {intent} »{f' after « {after} »' if after else ''} into one"
        for (file, intent, after), count in blocks.items()
        if count > 1
    )


def test_no_training_line_is_evaluation_data():
    known = {plain(line): f"data/nlu/{stem}.yml: {question}" for stem, question, line, _ in training_examples()}
    lines = list(bot_data.blind_lines())
    assert len(lines) > 1000
    assert_none(
        f"{known[plain(line)]}: delete « {line} », with which {place} judges the bot"
        for place, line in lines
        if plain(line) in known
    )


def test_the_context_of_a_line_can_occur():
    """A context must be a question that the bot answers, or a slot that a form requests; others never occur."""
    met = {*action_responses.titles(), *context.ASKED.values(), None}
    unmet = defaultdict(set)
    for stem, _, _, after in training_examples():
        if after not in met:
            unmet[after].add(f"data/nlu/{stem}.yml")
    assert_none(
        f"data/responses/: give utter_{after} a title, or delete « after: {after} » in {', '.join(sorted(files))}"
        for after, files in unmet.items()
    )


def test_every_intent_has_held_out_lines():
    count = Counter(intent for name in SETS for intent, _ in heldout_lines(name))
    fixed = domain()["intents"][: domain()["intents"].index("out_of_scope") + 1]
    assert_none(
        f"tests/nlu/heldout.yml: have somebody who never saw data/ write {MIN_HELD_OUT - count[intent]} more {intent}"
        for intent in fixed
        if count[intent] < MIN_HELD_OUT
    )


def test_no_line_is_empty_or_a_command():
    lines = [(f"data/nlu/{stem}.yml: {question}", line) for stem, question, line, _ in training_examples()]
    lines += [(f"tests/nlu/{name}.yml: {intent}", line) for name in SETS for intent, line in heldout_lines(name)]
    assert_none(f"{place}: delete the line « {line} »" for place, line in lines if not bot_data.is_line(line))
