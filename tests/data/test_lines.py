"""The training and held-out lines: none twice, none in both, none a command."""

from collections import defaultdict

import pytest

from tests.project import domain, heldout_lines, heldout_sets, plain, training_lines

SETS = heldout_sets()


def test_no_line_stands_twice():
    places = defaultdict(list)
    for stem, intent, line in training_lines():
        places[plain(line)].append(f"{intent} in data/nlu/{stem}.yml: {line}")
    twice = [found for found in places.values() if len(found) > 1]
    assert not twice, f"the same line, normalised, more than once: {twice[:5]}"


@pytest.mark.parametrize("name", SETS)
def test_no_held_out_line_is_in_the_training_data(name):
    trained = {plain(line): f"{intent} in data/nlu/{stem}.yml" for stem, intent, line in training_lines()}
    leaks = [(line, trained[plain(line)]) for _, line in heldout_lines(name) if plain(line) in trained]
    assert not leaks, f"remove these from data/nlu/: {leaks[:5]}"


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
