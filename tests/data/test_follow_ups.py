"""actions/follow_ups.yml: each row and kind is one that there is, and each cell leads to an answer."""

from actions import responses, topics
from actions.follow_ups import ASKED, ENDS_FORM, INTENT, KINDS, REPEATED, cell, table
from harness.project import domain, training_examples

# The kinds of follow-up that customers write, and those that other intents are.
WRITTEN = {question.partition("/")[2] for _, question, _, _ in training_examples() if question.startswith(f"{INTENT}/")}
ALL = WRITTEN | set(KINDS.values())
REPLIES = set(responses.load())
QUESTIONS = set(responses.titles())
TOPICS = [*topics.TOPIC_KEYS, "out_of_scope"]


def test_every_row_is_a_question_a_topic_or_what_a_form_asks_for():
    trained = {question for _, question, _, _ in training_examples()}
    assert set(table()) - {"default", *TOPICS, *QUESTIONS, *trained, *ASKED.values(), "no_match"} == set()


def test_every_column_is_a_kind_of_follow_up_that_is_trained():
    unknown = {row: set(cells) - ALL for row, cells in table().items() if set(cells) - ALL}
    assert not unknown


def test_every_kind_has_a_default_and_a_reply():
    assert WRITTEN, "no line of data/nlu/ is a follow-up"
    assert not [kind for kind in sorted(ALL) if kind not in table()["default"]]
    # What is said where nothing at all was said before.
    assert not [kind for kind in sorted(ALL) if f"utter_{INTENT}/{kind}" not in REPLIES]
    assert not [kind for kind in sorted(REPEATED) if f"utter_lead/{kind}" not in REPLIES]


def test_every_cell_leads_to_an_answer():
    dead = []
    for row, cells in table().items():
        for kind, target in cells.items():
            # A question's action, or that of what is out of scope.
            question = target in QUESTIONS and topics.intent_of(target) in TOPICS
            if not (question or target in REPLIES or target in domain()["actions"]):
                dead.append(f"{row}/{kind}: {target}")
    assert not dead, "no such reply, or no question with a title:\n" + "\n".join(dead)


def test_what_ends_a_form_is_in_the_table():
    assert {target for row in ASKED.values() for target in table().get(row, {}).values()} >= ENDS_FORM


def test_which_cells_fall_back_to_the_default_is_told():
    """`pytest -rP` shows them: a topic × kind that nobody wrote yet is no fault, and easily forgotten."""
    left = {topic: sorted(kind for kind in ALL if kind not in table().get(topic, {})) for topic in TOPICS}
    for topic, kinds in left.items():
        print(f"{topic:26} {len(kinds):2} of {len(ALL)} by default: {', '.join(kinds)}")
    for topic, kinds in left.items():
        assert all(cell(kind, None, topic) == table()["default"][kind] for kind in kinds)
