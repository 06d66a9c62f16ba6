"""Runs every interleaving of a turn of the bot and of two agents in one conversation, with the real code.

Each step is one transaction that holds the lock of the conversation's row (chat/takeover.py), so concurrent processes
can only interleave whole steps. `cuts` checks that an aborted step changes nothing.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from chat import conversations, leases, takeover, updates
from chat.models import Conversation, Explanation, Message, Sender
from chat.system_messages import JOINED, RESUMED

READY = "Voici où est votre colis."
WROTE = "Bonjour, je regarde."
ANSWER: Any = {"replies": [{"text": READY, "buttons": [], "card": None}], "explanation": {"intent": "where_is_parcel"}}
# Actor → its steps, in their order.
ACTORS = {
    "bot": ["begins", "answers"],
    "Léa": ["takes", "writes", "hands back"],
    "Marc": ["takes"],
}


@dataclass
class Meeting:
    """A conversation with a pending message, in which the actors' steps run. `won`: {step: its outcome}."""

    agents: dict[str, User]
    conversation: Conversation = field(init=False)
    working: Message | None = None
    won: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.conversation = conversations.open_conversation(str(uuid.uuid4()))
        conversations.post_text(self.conversation.id, uuid.uuid4(), "où est mon colis ?")

    def do(self, actor: str, step: str) -> None:
        """Run the step and record its outcome; an expected refusal is an outcome too."""
        try:
            self.won[f"{actor} {step}"] = self._step(actor, step)()
        except takeover.NotYours as refused:
            self.won[f"{actor} {step}"] = f"refused: {refused.holder or 'nobody'} has it"
        except takeover.Unseen:
            self.won[f"{actor} {step}"] = "held back: something unseen"

    def _step(self, actor: str, step: str) -> Callable[[], str]:
        if actor == "bot":
            return self._begin if step == "begins" else self._answer
        agent, ends = self.agents[actor], {"takes": takeover.take, "hands back": takeover.hand_back}
        return (lambda: self._act(ends[step], agent)) if step in ends else (lambda: self._write(agent))

    def _begin(self) -> str:
        self.working = leases.next_pending(self.conversation.id)
        return "has the message" if self.working else "nothing to do"

    def _answer(self) -> str:
        if self.working is None:
            return "nothing to say"
        return "stored" if conversations.answer(self.working, ANSWER) else "suppressed"

    def _act(self, act: Callable[[uuid.UUID, User], None], agent: User) -> str:
        act(self.conversation.id, agent)
        return "done"

    def _write(self, agent: User) -> str:
        """Write from an up-to-date page, if this agent has the conversation: otherwise writing would take it over."""
        with transaction.atomic():
            takeover.held(self.conversation.id, agent)
        seen = Conversation.objects.get(id=self.conversation.id).last_seq
        takeover.reply(self.conversation.id, agent, uuid.uuid4(), WROTE, seen)
        return "done"

    def read_by_customer(self) -> list[str]:
        """The messages that the customer's window shows, as the table names them."""
        said = updates.unread(self.conversation.id, 0).messages
        return [_named(message) for message in said if message.sender != Sender.CUSTOMER]

    def suppressed(self) -> bool:
        """Whether an explanation of a suppressed answer was stored."""
        return Explanation.objects.filter(message__conversation=self.conversation, suppressed=True).exists()

    def state(self) -> tuple[Any, ...]:
        """All data that a step may change, for comparison."""
        row = Conversation.objects.filter(id=self.conversation.id).values().get()
        periods = self.conversation.service_periods.order_by("pk")
        rows = periods.values_list("waiting", "agent", "replied_at", "ending")
        return tuple(row.items()), tuple(self.read_by_customer()), tuple(rows), self.suppressed()


def orders(actors: dict[str, list[str]] = ACTORS) -> Iterator[list[tuple[str, str]]]:
    """Every interleaving that keeps the order of each actor's steps."""
    whose = [actor for actor, steps in actors.items() for _ in steps]
    for order in sorted(set(permutations(whose))):
        left = {actor: iter(steps) for actor, steps in actors.items()}
        yield [(actor, next(left[actor])) for actor in order]


def play(meeting: Meeting, order: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Run the steps; yield each one after it was run."""
    for actor, step in order:
        meeting.do(actor, step)
        yield actor, step


class Cut(Exception):
    """Simulates the death of the process."""


def cuts(meeting: Meeting, actor: str, step: str) -> int:
    """Run the step repeatedly, aborted before its first statement, then before its second, until it completes.

    Returns the number of aborted runs. Raises AssertionError if one of them changed something.
    """
    before, outcome, working, survived = meeting.state(), dict(meeting.won), meeting.working, 0
    while True:
        left = survived

        def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal left
            if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                left -= 1
                if left < 0:
                    raise Cut
            return run(sql, params, many, context)

        with suppress(Cut):
            with transaction.atomic(), connection.execute_wrapper(execute):
                meeting.do(actor, step)
            return survived
        meeting.won, meeting.working = dict(outcome), working
        assert meeting.state() == before, f"{actor} {step} changed data, but was aborted after {survived} statements"
        survived += 1


def _named(message: Message) -> str:
    texts = {READY: "the bot's answer", WROTE: f"{message.author} writes"}
    for name in ("Léa", "Marc"):
        texts[JOINED.format(name=name)] = f"{name} answers from now on"
    return texts.get(message.text, "the assistant again" if message.text == RESUMED.format(about="") else message.text)
