"""Leases: one process at a time works on a conversation, and renews its lease while it lives.

After CHAT_LEASE_SECONDS without a renewal, the lease expires, and another process takes over.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from chat.models import Conversation, Message, Sender
from shop import clock

# A lease that ends later than this from now was taken before the clock was set back. It counts as expired.
MAX_LEASE = timedelta(minutes=1)
CLAIM_LIMIT = 200
ERASURE_LIMIT = 50
# A suspended Rasa process may resume after another one erased the conversation, and store its message as a new
# conversation. So the erasure is repeated at these ages; at the last one, no process can still be suspended.
ERASURE_REPEATS = (timedelta(minutes=1), timedelta(hours=1))
# Older erasures are not repeated any more.
ERASURE_REPEATS_END = timedelta(days=1)


def pending() -> QuerySet[Conversation]:
    """Conversations with a message that has no answer yet."""
    return Conversation.objects.filter(asked__gt=F("answered"), erased_at=None, expires_at__gt=clock.now())


def take(conversation: uuid.UUID, worker: str) -> bool:
    """Take or renew the lease; False when another live process has it, or no message is pending."""
    return bool(_lease(_mine([conversation], worker), worker))


def renew(held: list[uuid.UUID], worker: str) -> int:
    """Renew these leases, except those that another process took or that have nothing pending; return how many."""
    with transaction.atomic():
        # Skip locked rows, so that one blocked conversation does not delay the rest.
        return _lease(Conversation.objects.filter(id__in=_skipping_locked(_mine(held, worker))), worker)


def _mine(held: list[uuid.UUID], worker: str) -> QuerySet[Conversation]:
    return pending().filter(_free() | Q(leased_to=worker), id__in=held)


def _lease(conversations: QuerySet[Conversation], worker: str) -> int:
    return conversations.update(leased_to=worker, leased_until=_lease_end())


def _lease_end() -> datetime:
    return clock.now() + timedelta(seconds=settings.CHAT_LEASE_SECONDS)


def _skipping_locked(conversations: QuerySet[Conversation], most: int | None = None) -> list[uuid.UUID]:
    skip = connection.features.has_select_for_update_skip_locked
    return list(conversations.select_for_update(skip_locked=skip).values_list("id", flat=True)[:most])


def claim_with(locked: Conversation, worker: str) -> bool:
    """Take the lease in a locked row, which the caller saves; False if another process has it or more is pending."""
    now = clock.now()
    if locked.is_pending or (locked.leased_until and locked.leased_until >= now and locked.leased_to != worker):
        return False
    locked.leased_to, locked.leased_until = worker, _lease_end()
    return True


def claim(conversation: uuid.UUID, worker: str) -> Message | None:
    """Take the lease and return the message to answer next; None if there is none for this process."""
    return next_pending(conversation) if take(conversation, worker) else None


def claim_unattended(worker: str, most: int = CLAIM_LIMIT) -> list[uuid.UUID]:
    """Take the leases of at most this many pending conversations that no process works on."""
    with transaction.atomic():
        if found := _skipping_locked(pending().filter(_free()), min(most, CLAIM_LIMIT)):
            _lease(Conversation.objects.filter(id__in=found), worker)
    return found


def backlog() -> tuple[int, float]:
    """(number of pending conversations, seconds that the oldest pending message has waited)."""
    waiting = Message.objects.filter(
        conversation__in=pending(), sender=Sender.CUSTOMER, seq__gt=F("conversation__answered")
    )
    oldest = waiting.order_by("at").values_list("at", flat=True).first()
    return pending().count(), (clock.now() - oldest).total_seconds() if oldest else 0.0


def _free() -> Q:
    now = clock.now()
    return Q(leased_until=None) | Q(leased_until__lt=now) | Q(leased_until__gt=now + MAX_LEASE)


def release(conversation: uuid.UUID, worker: str) -> None:
    Conversation.objects.filter(id=conversation, leased_to=worker).update(leased_to="", leased_until=None)


def next_pending(conversation: uuid.UUID) -> Message | None:
    """The first customer message without a complete answer."""
    messages = Message.objects.select_related("conversation")
    waiting = messages.filter(conversation=conversation, sender=Sender.CUSTOMER, conversation__erased_at=None)
    return waiting.filter(seq__gt=F("conversation__answered"), conversation__expires_at__gt=clock.now()).first()


def is_mine(message: Message, worker: str) -> bool:
    """Whether the message is still the next pending one, and this process holds the lease."""
    held = Conversation.objects.filter(id=message.conversation_id, leased_to=worker).exists()
    return held and next_pending(message.conversation_id) == message


def due_bot_erasures() -> list[Conversation]:
    """Erased conversations whose erasure in the bot's store is due, for the first time or as a repetition."""
    erased = Conversation.objects.filter(erased_at__isnull=False)
    return [*erased.filter(forgotten_at=None)[:ERASURE_LIMIT], *_due_repeats()[:ERASURE_LIMIT]]


def _due_repeats() -> QuerySet[Conversation]:
    now = clock.now()
    due = Q()
    for after in ERASURE_REPEATS:
        due |= Q(erased_at__lte=now - after, forgotten_at__lt=F("erased_at") + after)
    return Conversation.objects.filter(due, erased_at__gte=now - ERASURE_REPEATS_END)


def mark_bot_erased(conversation: uuid.UUID) -> None:
    Conversation.objects.filter(id=conversation).update(forgotten_at=clock.now())


def count_fault(message: Message) -> int:
    """Count one more failure of the bot with this message; return the total."""
    Message.objects.filter(pk=message.pk).update(faults=F("faults") + 1)
    message.refresh_from_db(fields=["faults"])
    return message.faults
