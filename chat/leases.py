"""Who works on a conversation: one process at a time, for as long as it shows that it lives."""

import uuid
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from chat.models import Conversation, Message, Sender
from shop import clock

# A process that dies leaves its conversations to the others after so long.
LEASE = timedelta(seconds=3)
# A lease that ends later than any can is from before the clock was put back.
LONGEST_LEASE = timedelta(minutes=1)
MOST_AT_A_SWEEP = 200
FORGOTTEN_AT_A_SWEEP = 50
# A Rasa process that hung may handle, after an erasure by another one, what it was asked before: to it that is a
# conversation that begins. So they are told again to forget it: soon, and when one that hung for long may be back.
FORGOTTEN_AGAIN = (timedelta(minutes=1), timedelta(hours=1))
# Older erasures are not looked through each second.
TOLD_AGAIN_WITHIN = timedelta(days=1)


def owed() -> QuerySet[Conversation]:
    """Conversations whose customer waits for an answer."""
    return Conversation.objects.filter(asked__gt=F("answered"), erased_at=None, expires_at__gt=clock.now())


def take(conversation: uuid.UUID, worker: str) -> bool:
    """Take or renew the lease; False when another process that lives has it, or nothing is owed."""
    return bool(_lease(_mine([conversation], worker), worker))


def renew(held: list[uuid.UUID], worker: str) -> int:
    """Keep these, but for what another process took since the lease ended, or is owed no more; how many are kept."""
    with transaction.atomic():
        # One that something holds up holds none of the others up.
        return _lease(Conversation.objects.filter(id__in=_skipping_locked(_mine(held, worker))), worker)


def _mine(held: list[uuid.UUID], worker: str) -> QuerySet[Conversation]:
    return owed().filter(_free() | Q(leased_to=worker), id__in=held)


def _lease(conversations: QuerySet[Conversation], worker: str) -> int:
    return conversations.update(leased_to=worker, leased_until=clock.now() + LEASE)


def _skipping_locked(conversations: QuerySet[Conversation], most: int | None = None) -> list[uuid.UUID]:
    skip = connection.features.has_select_for_update_skip_locked
    return list(conversations.select_for_update(skip_locked=skip).values_list("id", flat=True)[:most])


def claim_with(locked: Conversation, worker: str) -> bool:
    """Take the lease in a row that is held and about to be saved; False when someone is at work, or more is owed."""
    now = clock.now()
    if locked.is_owed or (locked.leased_until and locked.leased_until >= now and locked.leased_to != worker):
        return False
    locked.leased_to, locked.leased_until = worker, now + LEASE
    return True


def claim(conversation: uuid.UUID, worker: str) -> Message | None:
    """The message that this process is to have answered next, its lease taken; None when there is none for it."""
    return next_owed(conversation) if take(conversation, worker) else None


def claim_unattended(worker: str) -> list[uuid.UUID]:
    """Take what is owed and has nobody at work. What another process takes at this moment is left to it."""
    with transaction.atomic():
        if found := _skipping_locked(owed().filter(_free()), MOST_AT_A_SWEEP):
            _lease(Conversation.objects.filter(id__in=found), worker)
    return found


def backlog() -> tuple[int, float]:
    """(how many conversations are owed an answer, for how many seconds the oldest of their messages waits)."""
    waiting = Message.objects.filter(
        conversation__in=owed(), sender=Sender.CUSTOMER, seq__gt=F("conversation__answered")
    )
    oldest = waiting.order_by("at").values_list("at", flat=True).first()
    return owed().count(), (clock.now() - oldest).total_seconds() if oldest else 0.0


def _free() -> Q:
    now = clock.now()
    return Q(leased_until=None) | Q(leased_until__lt=now) | Q(leased_until__gt=now + LONGEST_LEASE)


def release(conversation: uuid.UUID, worker: str) -> None:
    Conversation.objects.filter(id=conversation, leased_to=worker).update(leased_to="", leased_until=None)


def next_owed(conversation: uuid.UUID) -> Message | None:
    """The first customer message without a complete answer."""
    waiting = Message.objects.filter(conversation=conversation, sender=Sender.CUSTOMER, conversation__erased_at=None)
    return waiting.filter(seq__gt=F("conversation__answered"), conversation__expires_at__gt=clock.now()).first()


def is_mine(message: Message, worker: str) -> bool:
    """Is it still the one to be answered next, and by this process?"""
    held = Conversation.objects.filter(id=message.conversation_id, leased_to=worker).exists()
    return held and next_owed(message.conversation_id) == message


def to_forget() -> list[Conversation]:
    """Erased conversations that the bot still remembers, or may have been told of since by a process that hung."""
    erased = Conversation.objects.filter(erased_at__isnull=False)
    return [*erased.filter(forgotten_at=None)[:FORGOTTEN_AT_A_SWEEP], *_to_forget_again()[:FORGOTTEN_AT_A_SWEEP]]


def _to_forget_again() -> QuerySet[Conversation]:
    now = clock.now()
    due = Q()
    for after in FORGOTTEN_AGAIN:
        due |= Q(erased_at__lte=now - after, forgotten_at__lt=F("erased_at") + after)
    # `changed_at`, which has an index, is that of the erasure.
    return Conversation.objects.filter(due, changed_at__gte=now - TOLD_AGAIN_WITHIN)


def forgotten(conversation: uuid.UUID) -> None:
    Conversation.objects.filter(id=conversation).update(forgotten_at=clock.now())


def count_fault(message: Message) -> int:
    """One more time that the bot could not handle this message; how often now."""
    Message.objects.filter(pk=message.pk).update(faults=F("faults") + 1)
    message.refresh_from_db(fields=["faults"])
    return message.faults
