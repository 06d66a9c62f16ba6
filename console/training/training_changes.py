"""The team's changes of the training data: accepted corrections, withdrawn lines, added questions with their answers.

New versions are trained on them, `manage.py pull_corrections` writes them into a checkout (lines of data/nlu/, replies
of data/responses/), and « Télécharger » downloads them. Personal data is removed here again, so that the current
masking rules also apply to corrections that were stored under older rules.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from console import bot_data
from console.bot_data import topic_of
from console.models import AddedQuestion, Correction, Unlearnt
from console.privacy.masking import neutral

ENTITIES = "entities.yml"


@dataclass(frozen=True)
class Line:
    """A line of a block of a file. `heading`: « intent: ask_refund/who », « lookup: … », « synonym: … ».

    `after`: the block's context, or "".
    """

    file: str
    heading: str
    after: str
    text: str

    @property
    def digest(self) -> str:
        """The hash stored of a withdrawn line, which identifies the line without revealing it."""
        return hashlib.sha256("\n".join([self.heading, self.after, self.text]).encode()).hexdigest()


@dataclass(frozen=True)
class Answer:
    """The answer to a question that the team added. `facts`: the documented facts that it states."""

    question: str
    title: str
    wordings: list[str]
    facts: list[str]

    @property
    def reply(self) -> str:
        """The reply's name in data/responses/."""
        return f"utter_{self.question}"

    @property
    def variations(self) -> list[dict[str, Any]]:
        """In the form of data/responses/."""
        about = {"facts": self.facts} if self.facts else {}
        first = {"title": self.title, **about}
        return [
            {"text": text, **({"metadata": metadata} if metadata else {})}
            for text, metadata in zip(self.wordings, [first, *[about] * len(self.wordings)], strict=False)
        ]

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps([self.question, self.variations]).encode()).hexdigest()


@dataclass(frozen=True)
class TrainingChanges:
    """Lines to learn, digests of lines to remove, and answers to add. Converts to JSON and back."""

    lines: list[Line] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def digests(self) -> list[str]:
        """The digests of everything to learn; `Version.lines` stores them."""
        return [*(one.digest for one in self.lines), *(one.digest for one in self.answers)]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "TrainingChanges":
        """Raises KeyError, TypeError or ValueError for anything else."""
        lines = [Line(**one) for one in given["lines"]]
        if any("\n" in value for line in lines for value in asdict(line).values()):
            raise ValueError("a line contains a line break")
        # Files of earlier releases have no answers.
        answers = [Answer(**one) for one in given.get("answers", [])]
        if not all(topic_of(one.question) in bot_data.topics() for one in answers):
            raise ValueError("the topic of an answer is unknown")
        return cls(lines, [str(one) for one in given["removed"]], answers)


def accepted() -> TrainingChanges:
    """All accepted corrections, added questions and withdrawn lines, even if the project already has them."""
    added = list(AddedQuestion.objects.all())
    corrections = Correction.objects.exclude(accepted_at=None).order_by("pk")
    lines = [line for one in corrections for line in lines_of(one)]
    lines += [line for one in added for line in written_lines(one)]
    kept = {line.digest for line in lines}
    removed = Unlearnt.objects.order_by("pk").values_list("digest", flat=True)
    return TrainingChanges(
        lines, [digest for digest in removed if digest not in kept], [answer_of(one) for one in added]
    )


def answer_of(question: AddedQuestion) -> Answer:
    return Answer(question.name, question.title, question.wordings, question.facts)


def has_answer(question: AddedQuestion) -> bool:
    """Whether the project's data/responses/ has the answer; then only its developers change it."""
    return answer_of(question).reply in bot_data.first_texts()


def written_lines(question: AddedQuestion) -> list[Line]:
    """The lines that the team wrote for an added question."""
    return [_line(question.name, "", trainable(text)) for text in question.lines]


def lines_of(correction: Correction) -> list[Line]:
    """A correction's lines. A word's has two: in the lookup table, and as a synonym if its value has synonyms."""
    text = trainable(correction.text)
    if correction.entity:
        word = Line(ENTITIES, f"lookup: {correction.entity}", "", text)
        if not bot_data.has_synonyms(correction.entity_value):
            return [word]
        return [word, Line(ENTITIES, f"synonym: {correction.entity_value}", "", text)]
    question = bot_data.question_of(correction.intent)
    return [_line(question, correction.after, text)] if bot_data.file_of(question) else []


def _line(question: str, after: str, text: str) -> Line:
    path = bot_data.file_of(question)
    assert path
    return Line(path.name, f"intent: {question}", after, text)


def trainable(text: str, names: Iterable[str] = ()) -> str:
    """The text as a training line: without personal data, and without Rasa's mark-up for entities, « […](…) »."""
    return neutral(text.replace("[", "(").replace("]", ")"), names)


def is_in_project(correction: Correction) -> bool:
    """Whether the project's own data/nlu/ has the correction: pulled, committed, and installed here."""
    known = bot_data.project_lines()
    lines = lines_of(correction)
    return bool(lines) and all((line.heading, line.after, line.text) in known for line in lines)


def withdraw(corrections: Iterable[Correction]) -> int:
    """Delete the corrections; the next pull removes their lines from the project. Return how many."""
    pulled = 0
    for correction in corrections:
        if correction.accepted_at:
            in_project = is_in_project(correction)
            pulled += in_project
            # Even if the project does not have the line: a developer may have pulled it without committing.
            for line in lines_of(correction):
                Unlearnt.objects.get_or_create(digest=line.digest)
        correction.delete()
    return pulled
