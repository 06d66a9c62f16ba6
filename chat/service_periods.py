"""Writes one row for each period in which a customer waited for a person, or a person had a conversation.

The caller holds the lock of the conversation's row, so that a conversation has at most one open period.
"""

from django.contrib.auth.models import User

from chat.models import Conversation, Ending, Responder
from shop import clock


def change(locked: Conversation, responder: Responder, agent: User | None, ending: Ending) -> None:
    """End the open period with this `ending`, and begin another one unless the bot answers from now on."""
    now = clock.now()
    before = locked.service_periods.filter(ended_at=None).first()
    if before:
        before.ended_at, before.ending = now, ending
        before.save(update_fields=["ended_at", "ending"])
    if responder == Responder.BOT:
        return
    waited = before is not None and (before.waiting or before.replied_at is None)
    asked_at = before.asked_at if before and waited else now
    waiting = responder == Responder.WAITING
    locked.service_periods.create(waiting=waiting, agent=None if waiting else agent, asked_at=asked_at, begun_at=now)


def note_reply(locked: Conversation) -> None:
    """Record when the agent sent the first message."""
    locked.service_periods.filter(ended_at=None, replied_at=None).update(replied_at=clock.now())
