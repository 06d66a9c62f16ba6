"""Clusters of unanswered messages, measured on two handwritten sets (docs/nlu.md), one of them blind."""

import pytest
from sklearn.metrics import completeness_score, homogeneity_score

from console.computing.clustering import grouped
from harness.project import ROOT, read

pytestmark = pytest.mark.slow

FOLDER = ROOT / "tests" / "nlu" / "unanswered"


def lines(name):
    """[(subject, line)]; a line that belongs to no group has a unique subject."""
    found = read(FOLDER / f"{name}.yml")
    subjects = {subject: texts for subject, texts in found.items() if subject != "alone"}
    return [(subject, text) for subject, texts in subjects.items() for text in texts] + [
        (f"alone {i}", text) for i, text in enumerate(found["alone"])
    ]


@pytest.mark.parametrize(
    ("name", "homogeneity", "completeness", "in_groups", "wrongly"),
    [("tuning", 0.90, 0.73, 60, 1), ("blind", 0.88, 0.73, 45, 3)],
)
def test_what_belongs_together_is_put_together(name, homogeneity, completeness, in_groups, wrongly):
    said = lines(name)
    subjects, texts = zip(*said, strict=True)
    groups = grouped(list(texts))
    label = {i: number for number, group in enumerate(groups) for i in group}
    found = [label.get(i, -1 - i) for i in range(len(texts))]
    assert homogeneity_score(subjects, found) >= homogeneity
    assert completeness_score(subjects, found) >= completeness
    assert len(label) >= in_groups
    assert len([texts[i] for i in label if subjects[i].startswith("alone")]) <= wrongly, "what is alone is left alone"


@pytest.mark.parametrize(
    "texts", [[], ["un code promo"], ["un code promo", "code promo svp"], ["", " ", "?", "🦆"], ["bonjour"] * 9]
)
def test_few_empty_or_equal_messages_are_no_fault(texts):
    members = [i for group in grouped(texts) for i in group]
    assert len(members) == len(set(members)) <= len(texts)
    assert len(texts) > 2 or not members, "two are no group"
