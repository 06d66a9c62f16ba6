"""The trained model's accuracy on the held-out lines must not fall below a minimum."""

import pytest

from harness.project import heldout_lines, heldout_sets
from tests.nlu.report import MODEL, print_report, readings, scores, several_figures

# Minimum shares, a little below the figures of docs/nlu.md; they are not the goal.
MINIMUM = {"right": 0.92, "out_of_scope": 0.90}
MAXIMUM = {"wrong": 0.08}
MINIMUM_OF_SEVERAL = {"several questions": 0.75, "one question": 0.85}


@pytest.mark.skipif(not MODEL.exists(), reason="no trained model: make train")
@pytest.mark.parametrize("name", heldout_sets())
def test_the_held_out_lines_are_understood(name):
    found = readings(heldout_lines(name))
    print_report(name, found)
    result = scores(found)
    for measure, minimum in MINIMUM.items():
        assert getattr(result, measure) >= minimum, f"{measure} fell below {minimum}: {result}"
    for measure, maximum in MAXIMUM.items():
        assert getattr(result, measure) <= maximum, f"{measure} rose above {maximum}: {result}"


@pytest.mark.skipif(not MODEL.exists(), reason="no trained model: make train")
def test_several_questions_in_a_message_are_found_and_none_is_invented():
    for name, (right, count) in several_figures().items():
        assert right / count >= MINIMUM_OF_SEVERAL[name], f"{name}: {right} of {count}"
