"""The updates that a reader of a conversation does not have yet."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, QuerySet, prefetch_related_objects

from chat import leases, team
from chat.compiled_query import Param
from chat.models import Conversation, Message, Sender
from chat.team import TeamState
from shop import clock

# How often readers poll for updates of other web processes, in case a notification is lost.
POLL_SECONDS = 2.0


class ConversationClosed(Exception):
    """The token is forged, or its conversation has expired or was erased."""


class DelayNoticeNotStored(Exception):
    """After CHAT_MAX_SILENCE_SECONDS, the customer has not even a delay notice: the database accepts no writes."""


@dataclass(frozen=True)
class Updates:
    """The messages that a reader does not have yet, with the conversation's state.

    `answered`: the last customer message whose answer is complete. `hidden`: messages up to this number are no longer
    shown (Conversation.hidden). `redacted`: {number of a message: the text that replaced its own}.
    `team`: the agent who answers, or the customer's place in the queue.
    """

    messages: list[Message]
    answered: int
    typing: bool
    hidden: int = 0
    redacted: dict[str, str] = field(default_factory=dict)
    team: TeamState | None = None

    @classmethod
    def of(
        cls, row: Conversation, messages: list[Message], *, typing: bool | None = None, hidden: int | None = None
    ) -> "Updates":
        """The messages with the state of the conversation's row."""
        return cls(
            messages,
            row.answered,
            row.is_pending if typing is None else typing,
            row.hidden if hidden is None else hidden,
            row.redacted,
            team.state_of(row),
        )

    def continues_after(self, seq: int) -> bool:
        return bool(self.messages) and self.messages[0].seq == seq + 1

    def appended_to(self, earlier: "Updates | None") -> "Updates":
        """Concatenate both; keep the later state."""
        return replace(self, messages=earlier.messages + self.messages) if earlier else self


@dataclass(frozen=True)
class Posted:
    """A stored message of a customer.

    `claimed`: the message itself, if its lease was taken in the same transaction. `updates`: what readers get, if the
    message is new.
    """

    conversation: uuid.UUID
    seq: int
    claimed: Message | None = None
    updates: Updates | None = None


def unread(conversation: uuid.UUID, after: int) -> Updates:
    """The messages numbered above `after` that may still be shown, in order. Raises ConversationClosed."""
    found = active(conversation).first()
    if found is None:
        raise ConversationClosed
    # Only up to this row's `last_seq`: the reader's next poll returns later messages, with the state of that moment.
    hidden = found.hidden_now
    after = max(after, hidden)
    new = _messages(conversation, after, found.last_seq) if found.last_seq > after else []
    if found.last_seq > after and not new:
        return unread(conversation, after)  # erased between the two queries
    return Updates.of(found, new, hidden=hidden)


def poll_interval(typing: bool, quiet: float) -> float:
    """Seconds until a reader without updates for `quiet` seconds polls again; sooner if a first reply is due."""
    due = settings.CHAT_MAX_SILENCE_SECONDS - quiet
    return min(POLL_SECONDS, due) if typing and due > 0 else POLL_SECONDS


def seconds_without_reply(conversation: uuid.UUID) -> float:
    """Seconds that the customer has waited for a first reply. Raises DelayNoticeNotStored if that is too long."""
    pending = leases.next_pending(conversation)
    if pending is None or pending.delay_notice_sent:
        return 0.0
    # If the bot answered the previous message later than this one arrived, the wait begins with that answer.
    replied_at = Message.objects.filter(conversation=conversation, sender=Sender.BOT).aggregate(at=Max("at"))["at"]
    waited = clock.now() - max(pending.at, replied_at or pending.at)
    if waited > timedelta(seconds=settings.CHAT_MAX_SILENCE_SECONDS):
        raise DelayNoticeNotStored
    return max(waited.total_seconds(), 0.0)  # the clock may have been set back since


def active(conversation: uuid.UUID | Param, now: datetime | Param | None = None) -> QuerySet[Conversation]:
    """The conversation, unless it is closed."""
    return Conversation.objects.filter(id=conversation, erased_at=None, expires_at__gt=now or clock.now())


def _messages(conversation: uuid.UUID, after: int, last: int) -> list[Message]:
    visible = Message.objects.filter(conversation=conversation, conversation__erased_at=None)
    found = list(visible.filter(seq__gt=after, seq__lte=last))
    prefetch_related_objects([message for message in found if message.sender == Sender.BOT], "buttons")
    return found
