"""What a reader of a conversation does not have yet."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet, prefetch_related_objects

from chat import leases
from chat.models import Conversation, Message, Sender
from chat.prepared import Given
from shop import clock

# Who waits for an answer hears something sooner than that, where anything works (chat/answering.py: after 4 s).
LONGEST_SILENCE = timedelta(seconds=4.5)
# How long news of another web process may stay unheard.
LOOK_EVERY_SECONDS = 2.0


class Gone(Exception):
    """The token is forged, or its conversation has ended or was erased."""


class Speechless(Exception):
    """The customer waits, and it could not even be stored that the answer is late: nothing is written now."""


@dataclass(frozen=True)
class News:
    """What a reader does not have yet. `answered`: the last customer message whose answer is complete."""

    messages: list[Message]
    answered: int
    typing: bool

    def goes_on_after(self, seq: int) -> bool:
        return bool(self.messages) and self.messages[0].seq == seq + 1

    def behind(self, earlier: "News | None") -> "News":
        """Both together; the state is the later one's."""
        return News(earlier.messages + self.messages, self.answered, self.typing) if earlier else self


def unread(conversation: uuid.UUID, after: int) -> News:
    """The messages numbered above `after`, in order. Raises Gone."""
    found = living(conversation).first()
    if found is None:
        raise Gone
    # As far as its row knew: what was said since comes with the next question, and with a state of its own.
    new = _messages(conversation, after, found.last_seq) if found.last_seq > after else []
    if found.last_seq > after and not new:
        return unread(conversation, after)  # erased between the two questions
    return News(new, found.answered, found.is_owed)


def next_look(typing: bool, quiet: float) -> float:
    """Seconds until a reader looks again who has heard nothing for `quiet` seconds: sooner when a first word is due."""
    due = LONGEST_SILENCE.total_seconds() - quiet
    return min(LOOK_EVERY_SECONDS, due) if typing and due > 0 else LOOK_EVERY_SECONDS


def silence(conversation: uuid.UUID) -> float:
    """For how many seconds the customer has waited for a first word. Raises Speechless when that is too long."""
    waits = leases.next_owed(conversation)
    if waits is None or waits.trouble_told:
        return 0.0
    # An answer to the message before is a word too.
    heard = Message.objects.filter(conversation=conversation, sender=Sender.BOT).aggregate(at=Max("at"))["at"]
    lasted = clock.now() - max(waits.at, heard or waits.at)
    if lasted > LONGEST_SILENCE:
        raise Speechless
    return max(lasted.total_seconds(), 0.0)  # the clock may have been put back since


def living(conversation: uuid.UUID | Given, now: datetime | Given | None = None) -> QuerySet[Conversation]:
    """The conversation, where it may still be read and written to."""
    return Conversation.objects.filter(id=conversation, erased_at=None, expires_at__gt=now or clock.now())


def _messages(conversation: uuid.UUID, after: int, last: int) -> list[Message]:
    said = Message.objects.filter(conversation=conversation, conversation__erased_at=None)
    found = list(said.filter(seq__gt=after, seq__lte=last))
    prefetch_related_objects([message for message in found if message.sender == Sender.BOT], "buttons")
    return found
