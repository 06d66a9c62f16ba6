"""The question model: contexts, regression, questions within their topics."""

import numpy as np
import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from actions import follow_ups
from bot.nlu import context, question_classifier
from bot.nlu.context import topic_of
from bot.nlu.model import QuestionModel, Reading
from bot.nlu.question_classifier import Understood
from bot.nlu.regression import fit
from harness.project import ROOT

SLOTS = Domain.load(str(ROOT / "domain.yml")).slots
# (line, its context, its question)
LINES = [
    ("où est mon colis", None, "where_is_parcel/where"),
    ("mon colis n'arrive pas", None, "where_is_parcel/where"),
    ("quand arrive mon colis", None, "where_is_parcel/when"),
    ("quel jour arrive le colis", None, "where_is_parcel/when"),
    ("combien de jours", "where_is_parcel/where", "where_is_parcel/when"),
    ("quand suis-je remboursé", None, "ask_refund/delay"),
    ("le délai du remboursement", None, "ask_refund/delay"),
    ("combien de jours", "ask_refund/who", "ask_refund/delay"),
    ("qui me rembourse", None, "ask_refund/who"),
    ("c'est qui qui rembourse", None, "ask_refund/who"),
    ("bonjour", None, "greet"),
    ("bonjour à vous", None, "greet"),
]


def tracker(*events):
    return DialogueStateTracker.from_events("c", list(events), slots=SLOTS)


def test_the_context_is_what_a_form_asks_for_or_else_the_question_answered_last():
    answered = SlotSet("question", "ask_refund/delay")
    assert context.from_tracker(None) is None
    assert context.from_tracker(tracker()) is None
    assert context.from_tracker(tracker(answered)) == "ask_refund/delay"
    for slot, key in context.ASKED.items():
        form = [ActiveLoop("order_form"), SlotSet("requested_slot", slot)]
        assert context.from_tracker(tracker(answered, *form)) == key
    handover = [ActiveLoop("handover_form"), SlotSet("requested_slot", "email")]
    assert context.from_tracker(tracker(answered, *handover)) == "ask_refund/delay"


def test_a_message_may_be_said_in_several_contexts():
    answered = SlotSet("question", "ask_refund/delay")
    read = {"question": "ask_invoice/where", "further_questions": ["ask_refund/delay"]}
    several = UserUttered("ma facture, et quand serai-je remboursé ?", parse_data=read)
    assert context.possible_contexts(None, "et la facture ?") == [None]
    assert context.possible_contexts(tracker(answered), "c'est où ?") == ["ask_refund/delay"]
    assert context.possible_contexts(tracker(answered), "sinon, c'est où ?") == ["ask_refund/delay", None]
    unanswered = SlotSet("question", context.UNANSWERED)
    for correction in ("c'est pas un retour", "je veux pas le renvoyer", "non je parle de la facture", "pas du tout"):
        assert context.possible_contexts(tracker(answered), correction) == ["ask_refund/delay", None]
    assert context.possible_contexts(tracker(answered), "non merci") == ["ask_refund/delay"]
    assert context.possible_contexts(tracker(unanswered), "et j'ai un délai ?") == [context.UNANSWERED, None]
    assert context.possible_contexts(tracker(several, answered), "c'est où ?") == [
        "ask_refund/delay",
        "ask_invoice/where",
    ]


def test_the_actions_read_the_same_contexts_as_the_model():
    assert follow_ups.ASKED == context.ASKED


def test_a_training_example_carries_what_was_said_before_it():
    said = Message({"text": "c'est où ?", "metadata": {"intent": {"after": "ask_invoice/where"}}})
    assert context.from_example(said) == "ask_invoice/where"
    assert context.from_example(Message({"text": "c'est où ?"})) is None


def test_the_model_sees_a_contexts_topic_and_the_question_itself():
    assert context.terms("ask_refund/delay") == ["ask_refund", "ask_refund/delay"]
    assert context.terms("ask_email") == ["ask_email"]
    assert context.terms(None) == []


def test_lines_are_trained_in_other_contexts_too():
    texts = [f"ligne {number}" for number in range(1000)]
    contexts = [None] * 900 + ["ask_email", "ask_refund/delay"] * 50
    spread = context.augment_with_contexts(texts, contexts, [0.3] * len(texts))
    assert 200 < len(spread) < 400
    assert {said for _, said in spread} == {"ask_email", "ask_refund/delay"}
    assert all(contexts[place] != said for place, said in spread), "a line in its own context is there already"
    assert context.augment_with_contexts(texts, contexts, [0.3] * len(texts)) == spread, (
        "the same lines are trained in the same way"
    )
    assert context.augment_with_contexts(texts, contexts, [0] * len(texts)) == []
    assert context.augment_with_contexts(texts, [None] * 1000, [0.3] * 1000) == [], "there is no other context"
    # « c'est où ? » means the same after any answer.
    known = ["ask_email", "ask_refund/delay", "stop"]
    twice = context.augment_with_contexts(["c'est où ?", "a", "b", "c"], [None, *known], [2, 0, 0, 0])
    assert len({said for _, said in twice}) == len(twice) == 2


@pytest.mark.parametrize("labels", [3, 2])
def test_the_regression_is_scikit_learns(labels):
    numbers = np.random.default_rng(0)
    dense = numbers.normal(size=(120, 6)).astype(np.float32)
    sparse = (numbers.random((120, 9)) * (numbers.random((120, 9)) < 0.3)).astype(np.float32)
    sparse[:, 4] = 0  # a feature without lines
    targets = np.array([f"l{label}" for label in numbers.integers(labels, size=120)])
    weights, bias = fit([csr_matrix(sparse), dense], targets, 2.0)
    rows = np.hstack([sparse, dense]).astype(np.float64)
    assert weights.shape == (15, labels)
    assert not weights[4].any()
    scores = rows @ weights + bias
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    theirs = LogisticRegression(C=2.0, tol=1e-8, max_iter=5000, multi_class="multinomial").fit(rows, targets)
    assert np.allclose(shares, theirs.predict_proba(rows), atol=2e-3)


def test_a_single_label_has_weights_of_zero():
    weights, bias = fit([np.ones((4, 2), dtype=np.float32)], np.array(["one"] * 4), 1.0)
    assert (weights.shape, bias.shape) == ((2, 1), (1,))
    assert not weights.any()


@pytest.fixture(scope="module")
def model():
    learnt = QuestionModel(["words"], strength=10.0)
    learnt.fit(*zip(*LINES, strict=True))
    return learnt


def test_questions_are_read_within_their_topics(model):
    for reading in model.read([line for line, _, _ in LINES], [said for _, said, _ in LINES]):
        of_topic = dict(reading.topics)
        assert sum(of_topic.values()) == pytest.approx(1)
        for topic, share in of_topic.items():
            own = [part for question, part in reading.questions if topic_of(question) == topic]
            assert sum(own) == pytest.approx(share)
        assert reading.topics == sorted(reading.topics, key=lambda found: -found[1])
        assert topic_of(reading.question[0]) == reading.topics[0][0]


def test_the_same_words_mean_what_was_spoken_of(model):
    asked = ["where_is_parcel/where", "ask_refund/who"]
    found = [reading.question[0] for reading in model.read(["combien de jours"] * 2, asked)]
    assert found == ["where_is_parcel/when", "ask_refund/delay"]


def test_an_unknown_context_has_no_effect(model):
    [known, unknown] = model.read(["où est mon colis"] * 2, [None, "heard_of/never"])
    assert known == unknown


def test_a_saved_and_loaded_model_classifies_alike(model, tmp_path):
    model.save(tmp_path)
    loaded = QuestionModel(["words"], strength=10.0)
    loaded.load(tmp_path)
    texts, contexts = ["quand arrive mon colis ?", "bonjour", ""], [None, "ask_refund/who", None]
    assert loaded.read(texts, contexts) == model.read(texts, contexts)


def test_no_topic_is_likelier_than_the_one_that_is_answered():
    """Rasa's FallbackClassifier takes a likelier second topic as ambiguous: « merci, c'est gentil » was asked back."""
    whole = Reading([("thank", 0.99), ("follow_up", 0.01)], [("thank", 0.99), ("follow_up/no_answer", 0.01)])
    message = Message({"text": "merci cest gentil de repondre"})
    question_classifier._set_result(message, Understood(whole, [("follow_up/no_answer", 0.76)]))
    first, second = (found["confidence"] for found in message.get("intent_ranking")[:2])
    assert first >= second
