"""The training and held-out lines: none twice, none in both, none of a dialogue, none a command."""

from collections import defaultdict

import pytest

from bot.nlu import context
from harness.project import (
    ROOT,
    domain,
    heldout_lines,
    heldout_questions,
    heldout_sets,
    plain,
    read,
    responses,
    training_examples,
    training_lines,
)

SETS = heldout_sets()
# Everybody says these: « oui », « c'est où ? ».
WORDS_THAT_ANYBODY_SAYS = 3


def trained():
    """{plain line: where it stands}"""
    return {plain(line): f"{question} in data/nlu/{stem}.yml" for stem, question, line, _ in training_examples()}


def written_blind():
    """[(where, line)] of every dialogue and held-out set."""
    for path in sorted((ROOT / "tests" / "dialogues").glob("*.yml")):
        for dialogue in read(path)["dialogues"]:
            yield from ((f"{path.name}: {dialogue['id']}", turn["user"]) for turn in dialogue["turns"])
    for name in SETS:
        yield from ((f"tests/nlu/{name}.yml", line) for _, line in heldout_lines(name))
    yield from (("tests/nlu/questions/held_out.yml", line) for _, line, _ in heldout_questions())


def test_no_line_stands_twice_but_after_something_else():
    """The same words may mean two things after two questions, and stand once by themselves."""
    places = defaultdict(list)
    for stem, question, line, after in training_examples():
        places[plain(line), after].append(f"{question} in data/nlu/{stem}.yml: {line}")
    twice = {key: found for key, found in places.items() if len(found) > 1}
    assert not twice, "the same line, normalised, more than once after the same question:\n" + "\n".join(
        f"{after}: {found}" for (_, after), found in twice.items()
    )


def test_no_training_line_is_one_that_was_written_blind():
    known = trained()
    lines = [(place, line) for place, line in written_blind() if len(plain(line).split()) > WORDS_THAT_ANYBODY_SAYS]
    assert len(lines) > 1000
    leaks = [f"{line!r} of {place} is {known[plain(line)]}" for place, line in lines if plain(line) in known]
    assert not leaks, "remove these from data/nlu/:\n" + "\n".join(leaks)


def test_what_a_line_is_said_after_can_have_been_said():
    """A question that is answered, or what a form asks for: another context is learnt and never met."""
    titled = {name.removeprefix("utter_") for name, one in responses().items() if "title" in one[0].get("metadata", {})}
    met = titled | set(context.ASKED.values()) | {None}
    unmet = defaultdict(lambda: defaultdict(int))
    for stem, _, _, after in training_examples():
        if after not in met:
            unmet[after][stem] += 1
    assert not unmet, {after: dict(files) for after, files in unmet.items()}


def test_every_intent_has_held_out_lines():
    count = defaultdict(int)
    for name in SETS:
        for intent, _ in heldout_lines(name):
            count[intent] += 1
    fixed = domain()["intents"][: domain()["intents"].index("out_of_scope") + 1]
    few = {intent: count[intent] for intent in fixed if count[intent] < 15}
    assert not few, f"fewer than 15 held-out lines in tests/nlu/: {few}"


@pytest.mark.parametrize("lines", [training_lines(), *map(heldout_lines, SETS)], ids=["training", *SETS])
def test_no_line_is_empty_or_a_command(lines):
    bad = [entry for entry in lines if not entry[-1].strip() or entry[-1].startswith("/")]
    assert not bad
