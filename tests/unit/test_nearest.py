"""The nearest training line of each question (bot/nlu/nearest.py)."""

import numpy as np
import pytest

from bot.nlu.model import QuestionModel
from bot.nlu.nearest import WEIGHT, NearestLines, adjusted

LINES = [
    ("où est mon colis", None, "where_is_parcel/where"),
    ("je n'ai pas reçu ma commande", None, "where_is_parcel/where"),
    ("quand arrive mon colis", None, "where_is_parcel/when"),
    ("quand serai-je remboursé", None, "ask_refund/delay"),
    ("je voudrais ma facture", None, "ask_invoice/where"),
]
QUESTIONS = sorted({question for _, _, question in LINES})


@pytest.fixture(scope="module")
def model():
    trained = QuestionModel(["words", "use"], strength=10.0)
    trained.fit(*zip(*LINES, strict=True))
    return trained


def test_a_line_is_nearest_to_itself(model):
    found = model.similarities(model.blocks([line for line, _, _ in LINES], [None] * len(LINES)))
    assert [QUESTIONS[row.argmax()] for row in found] == [question for _, _, question in LINES]
    assert found.max(axis=1) == pytest.approx(1, abs=1e-3)


def test_one_message_compares_the_likeliest_questions_as_a_batch_compares_all(model):
    blocks = model.blocks(["mon paquet n'est jamais arrivé"], [None])
    near = model._nearest.near(blocks["use"][0]).similarities(np.ones(len(QUESTIONS)))
    assert near == pytest.approx(model.similarities(blocks)[0], abs=1e-5)


def test_a_saved_model_reads_the_same(model, tmp_path):
    model.save(tmp_path)
    loaded = QuestionModel(["words", "use"], strength=10.0)
    loaded.load(tmp_path)
    texts = ["mon paquet n'est jamais arrivé", "mon argent, c'est pour quand ?", ""]
    for one, other in zip(model.read(texts, [None] * 3), loaded.read(texts, [None] * 3), strict=True):
        assert dict(one.questions) == pytest.approx(dict(other.questions), abs=1e-4)


def test_a_similarity_multiplies_the_probability_of_its_question():
    topic_index = np.array([0, 0, 1])
    scores, similarities = np.array([0.3, -0.2, 1.0, 0.5, 0.1]), np.array([0.1, 0.6, 0.4])
    expected = probabilities(scores, topic_index) * np.exp(WEIGHT * similarities)
    found = probabilities(adjusted(scores, similarities, topic_index), topic_index)
    assert found == pytest.approx(expected / expected.sum())


def test_without_an_encoder_there_is_no_nearest_line():
    lines = NearestLines()
    lines.fit(np.empty((3, 0)), np.array([0, 1, 1]))
    assert not lines


def probabilities(scores, topic_index):
    topics, questions = np.exp(scores[:2]), np.exp(scores[2:])
    return (topics / topics.sum())[topic_index] * questions / np.bincount(topic_index, weights=questions)[topic_index]
