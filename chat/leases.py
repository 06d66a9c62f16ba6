"""Who works on a conversation: one process at a time, for as long as it shows that it lives."""

import uuid
from datetime import timedelta

from django.db.models import F, Q

from chat.models import Conversation, Message
from shop import clock

# A process that dies leaves its conversations to the others after so long.
LEASE = timedelta(seconds=6)


def take(conversation: uuid.UUID, worker: str) -> bool:
    """Take or renew the lease; False when another process that lives has it."""
    now = clock.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now) | Q(leased_to=worker)
    mine = Conversation.objects.filter(free, id=conversation)
    return bool(mine.update(leased_to=worker, leased_until=now + LEASE))


def release(conversation: uuid.UUID, worker: str) -> None:
    Conversation.objects.filter(id=conversation, leased_to=worker).update(leased_to="", leased_until=None)


def unattended() -> list[uuid.UUID]:
    """Conversations that are owed an answer and have nobody at work."""
    owed = Conversation.objects.filter(asked__gt=F("answered"), erased_at=None, expires_at__gt=clock.now())
    return list(owed.filter(Q(leased_until=None) | Q(leased_until__lt=clock.now())).values_list("id", flat=True)[:200])


def next_owed(conversation: uuid.UUID) -> Message | None:
    """The first customer message without a complete answer."""
    found = Conversation.objects.filter(id=conversation, erased_at=None, expires_at__gt=clock.now()).first()
    if found is None:
        return None
    return found.messages.filter(sender="customer", seq__gt=found.answered).first()


def to_forget() -> list[Conversation]:
    """Erased conversations that the bot still remembers."""
    return list(Conversation.objects.filter(erased_at__isnull=False, forgotten_at=None)[:50])


def forgotten(conversation: uuid.UUID) -> None:
    Conversation.objects.filter(id=conversation).update(forgotten_at=clock.now())


def count_fault(message: Message) -> int:
    """One more time that the bot could not handle this message; how often now."""
    Message.objects.filter(pk=message.pk).update(faults=F("faults") + 1)
    message.refresh_from_db(fields=["faults"])
    return message.faults
