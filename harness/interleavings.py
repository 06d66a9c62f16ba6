"""Every order in which a turn of the bot and two agents can meet in one conversation, played with the real code.

Each step is one transaction that holds the conversation's row (chat/takeover.py), so an order of steps is all that two
processes can do to each other; a step that is cut anywhere leaves nothing (`cuts`).
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
# Who does what, each in this order.
ACTORS = {
    "bot": ["begins", "answers"],
    "Léa": ["takes", "writes", "hands back"],
    "Marc": ["takes"],
}


@dataclass
class Meeting:
    """One conversation in which the customer has just asked something."""

    agents: dict[str, User]
    conversation: Conversation = field(init=False)
    working: Message | None = None
    won: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.conversation = conversations.open_conversation(str(uuid.uuid4()))
        conversations.post_text(self.conversation.id, uuid.uuid4(), "où est mon colis ?")

    def do(self, actor: str, step: str) -> None:
        """Do it, and note how it went; a refusal is an outcome too."""
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
        """From a page that shows everything so far, and only by whoever has it: writing would take it."""
        with transaction.atomic():
            takeover.held(self.conversation.id, agent)
        seen = Conversation.objects.get(id=self.conversation.id).last_seq
        takeover.reply(self.conversation.id, agent, uuid.uuid4(), WROTE, seen)
        return "done"

    def read_by_customer(self) -> list[str]:
        """What the window shows, in words of the table."""
        said = updates.unread(self.conversation.id, 0).messages
        return [_named(message) for message in said if message.sender != Sender.CUSTOMER]

    def suppressed(self) -> bool:
        """Whether the console shows an answer that the bot had ready and the customer never read."""
        return Explanation.objects.filter(message__conversation=self.conversation, suppressed=True).exists()

    def state(self) -> tuple[Any, ...]:
        """Everything that a step may change."""
        row = Conversation.objects.filter(id=self.conversation.id).values().get()
        spells = self.conversation.spells.order_by("pk").values_list("waiting", "agent", "replied_at", "ending")
        return tuple(row.items()), tuple(self.read_by_customer()), tuple(spells), self.suppressed()


def orders(actors: dict[str, list[str]] = ACTORS) -> Iterator[list[tuple[str, str]]]:
    """Every order that keeps each actor's own."""
    whose = [actor for actor, steps in actors.items() for _ in steps]
    for order in sorted(set(permutations(whose))):
        left = {actor: iter(steps) for actor, steps in actors.items()}
        yield [(actor, next(left[actor])) for actor in order]


def play(meeting: Meeting, order: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Do the steps; yields each one after it was done."""
    for actor, step in order:
        meeting.do(actor, step)
        yield actor, step


class Cut(Exception):
    """The process died here."""


def cuts(meeting: Meeting, actor: str, step: str) -> int:
    """Do the step, dying before its first statement, then before its second, and so on until it is done.

    Returns how often it was cut. After each cut, everything is as before: raises AssertionError otherwise.
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
        assert meeting.state() == before, f"{actor} {step} left something after {survived} statements"
        survived += 1


def _named(message: Message) -> str:
    texts = {READY: "the bot's answer", WROTE: f"{message.author} writes"}
    for name in ("Léa", "Marc"):
        texts[JOINED.format(name=name)] = f"{name} answers from now on"
    return texts.get(message.text, "the assistant again" if message.text == RESUMED.format(about="") else message.text)
