"""The estimate of a new line's effect, compared with a real training of a small model."""

import pytest

from bot.nlu.model import QuestionModel
from console.computing.reading import Reader

TOPICS = {
    "ask_invoice/where": ["où est ma facture", "je cherche ma facture", "la facture est où", "ma facture svp"],
    "ask_refund/delay": ["quand suis-je remboursé", "le délai du remboursement", "remboursement quand", "mon argent"],
    "ask_refund/means": [
        "remboursé sur quelle carte",
        "comment suis-je remboursé",
        "viré sur mon compte",
        "par chèque",
    ],
    "out_of_scope/other": ["quel temps fait-il", "raconte une blague", "le prix du pain", "qui a gagné le match"],
}
# (line, its context, its question)
LINES = [(line, None, question) for question, lines in TOPICS.items() for line in lines]
LINES += [
    ("et combien de temps", "ask_refund/means", "ask_refund/delay"),
    ("et où ça", "ask_invoice/where", "ask_invoice/where"),
]
NEW = ("vous vendez des grille-pains", "")
MESSAGES = [
    ("vous vendez des grille-pains roses ?", ""),
    ("des grille-pains vous en vendez", ""),
    ("où est ma facture svp", ""),
    ("quand suis-je remboursé enfin", ""),
    ("raconte-moi une blague", ""),
]


def trained(lines):
    model = QuestionModel(["characters", "words"], 10.0)
    model.fit(*zip(*lines, strict=True))
    return model


@pytest.fixture(scope="module")
def reader():
    return Reader(trained(LINES), [after for _, after, _ in LINES])


def read(model, messages=MESSAGES):
    return [
        one.question[0] for one in model.read([text for text, _ in messages], [after or None for _, after in messages])
    ]


@pytest.mark.parametrize("question", ["ask_invoice/where", "ask_refund/means", "out_of_scope/other"])
def test_the_estimate_names_the_messages_that_a_training_changes(reader, question):
    before, after = read(reader.model), read(trained([*LINES, (NEW[0], None, question)]))
    really = [(i, *pair) for i, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    assert reader.changes(NEW, question, MESSAGES) == really


def test_a_question_that_the_model_does_not_know_yet(reader):
    """For a known topic and a new one, messages similar to the line change their question, and the others do not."""
    for question in ("ask_refund/toasters", "ask_toasters/sold"):
        assert {(i, now) for i, _, now in reader.changes(NEW, question, MESSAGES)} == {(0, question), (1, question)}


def test_the_context_is_part_of_the_line(reader):
    """The same words in another context keep their question, as in a real training."""
    line, messages = "et ça alors", [("ah bon et ça", "ask_invoice/where"), ("ah bon et ça", "ask_refund/means")]
    again = trained([*LINES, (line, "ask_invoice/where", "out_of_scope/other")])
    before, after = read(reader.model, messages), read(again, messages)
    assert (after[0], after[1]) == ("out_of_scope/other", before[1])
    assert reader.changes((line, "ask_invoice/where"), "out_of_scope/other", messages) == [(0, before[0], after[0])]


def test_a_line_that_the_model_reads_right_changes_nothing(reader):
    assert reader.changes(("où est ma facture", ""), "ask_invoice/where", MESSAGES) == []


def test_a_line_without_any_known_word_changes_nothing(reader):
    assert reader.changes(("ß", ""), "ask_invoice/where", MESSAGES) == []
