"""actions/follow_ups.yml: every row and kind exists, and every cell leads to an answer."""

from actions import responses, topics
from actions.follow_ups import ASKED, ENDS_FORM, INTENT, KINDS, REPEAT, cell, table
from harness.checks import assert_none
from harness.project import domain, training_examples

# The kinds of follow-up in the training lines, and those that have their own intents.
WRITTEN = {question.partition("/")[2] for _, question, _, _ in training_examples() if question.startswith(f"{INTENT}/")}
ALL = WRITTEN | set(KINDS.values())
REPLIES = set(responses.load())
QUESTIONS = set(responses.titles())
TABLE = "actions/follow_ups.yml"
TOPICS = [*topics.TOPIC_KEYS, "out_of_scope"]
# Minimum share of the questions' cells that have their own answer.
MIN_ANSWERED = 0.77


def test_every_row_is_what_a_form_asks_for_a_reply_a_question_or_a_topic():
    known = {"default", *TOPICS, *QUESTIONS, *REPLIES, *ASKED.values()}
    assert_none(f"{TABLE}: {row}: nothing has this name" for row in table() if row not in known)


def test_every_column_is_a_kind_of_follow_up_that_is_trained():
    assert_none(
        f"{TABLE}: {row}/{kind}: data/nlu/follow_ups.yml has no lines of follow_up/{kind}: write some"
        for row, cells in table().items()
        for kind in cells
        if kind not in ALL
    )


def test_every_kind_has_a_default_and_a_reply():
    assert WRITTEN, "no line of data/nlu/ is a follow-up"
    assert_none([
        *(f"{TABLE}: default: write a cell for {kind}" for kind in ALL if kind not in table()["default"]),
        # The replies at the start of a conversation.
        *(f"data/responses/follow_ups.yml: write utter_{INTENT}/{kind}"
          for kind in ALL if f"utter_{INTENT}/{kind}" not in REPLIES),
        *(f"data/responses/follow_ups.yml: write utter_lead/{kind}"
          for kind in {kind for row in table().values() for kind, found in row.items() if found == REPEAT}
          if f"utter_lead/{kind}" not in REPLIES),
    ])  # fmt: skip


def test_every_cell_leads_to_an_answer():
    assert_none(
        f"{TABLE}: {row}/{kind}: {target} is no reply, no action, no question with a title and not `{REPEAT}`"
        for row, cells in table().items()
        for kind, target in cells.items()
        if not is_answered(target)
    )


def is_answered(target):
    """A question leads to its topic's action, or to the one for out-of-scope questions."""
    question = target in QUESTIONS and topics.intent_of(target) in TOPICS
    return question or target == REPEAT or target in REPLIES or target in domain()["actions"]


def test_what_ends_a_form_is_in_the_table():
    assert {target for row in ASKED.values() for target in table().get(row, {}).values()} >= ENDS_FORM


def test_most_cells_of_a_question_have_an_answer_of_their_own():
    """`pytest -rP` shows which kinds of follow-up get the default answer after which question."""
    questions = [question for question in QUESTIONS if topics.intent_of(question) in TOPICS]
    left = {question: sorted(kind for kind in ALL if is_default(kind, question)) for question in sorted(questions)}
    for question, kinds in left.items():
        print(f"{question:34} {len(kinds):2} of {len(ALL)} by default: {', '.join(kinds)}")
    answered = 1 - sum(map(len, left.values())) / (len(ALL) * len(questions))
    print(f"{answered:.3f} of the cells have an answer of their own")
    assert answered >= MIN_ANSWERED, f"{TABLE}: write the cells that `pytest -rP` lists: {answered:.3f}"


def is_default(kind, question):
    return cell(kind, None, question) == table()["default"][kind]
