"""Transfers a conversation: to a colleague who accepts or declines, or by decision of a lead.

Until the colleague accepts, the agent keeps the conversation. If the colleague does not answer in time, it returns to
the queue, because the agent did not want to keep it (takeover.release_stale).
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from chat import pubsub, rows, takeover, team
from chat.models import Conversation, Ending, HandOverReason, Responder
from chat.system_messages import JOINED, PASSED, REQUEUED, RESUMED
from shop import clock


class Absent(Exception):
    """The colleague's inbox is closed, or they take no conversations now."""


class Changed(Exception):
    """The responder has changed since."""


# A colleague, or Responder.WAITING (the queue) or Responder.BOT.
To = User | Responder


@dataclass(frozen=True)
class Reassigned:
    """The previous responder, and the time of the reassignment."""

    was: To
    since: datetime


class NoOffer(Exception):
    """The offer was withdrawn, has ended, or was never made."""


def offer(conversation: uuid.UUID, agent: User, colleague: User) -> None:
    """Ask a colleague to take over. Raises takeover.NotYours, Absent or ConversationClosed."""
    with transaction.atomic():
        locked = takeover.held(conversation, agent)
        _require_present(colleague)
        locked.offered_to, locked.offered_at = colleague, clock.now()
        takeover.save(locked)
    pubsub.publish(conversation)


def withdraw(conversation: uuid.UUID, agent: User) -> None:
    """Withdraw the offer and keep the conversation. Raises takeover.NotYours or ConversationClosed."""
    with transaction.atomic():
        locked = takeover.held(conversation, agent)
        locked.offered_to = locked.offered_at = None
        takeover.save(locked)


def accept(conversation: uuid.UUID, colleague: User) -> None:
    """Assign the conversation to the agent who accepts the offer. Raises NoOffer or ConversationClosed."""
    with transaction.atomic():
        locked = _offered(conversation, colleague)
        _pass_on(locked, colleague)
    pubsub.publish(conversation)


def decline(conversation: uuid.UUID, colleague: User) -> None:
    """Leave the conversation to the agent, who is notified. Raises NoOffer or ConversationClosed."""
    with transaction.atomic():
        locked = _offered(conversation, colleague)
        locked.offered_at = None
        takeover.save(locked)


def reassign(
    conversation: uuid.UUID, to: To, unchanged_since: datetime | None = None, topic: str = ""
) -> Reassigned | None:
    """Assign the conversation, by decision of a lead; None if it was already assigned to `to`.

    `topic`: its title, for the message if the bot answers again. Raises Absent, ConversationClosed, or Changed if the
    responder has changed since `unchanged_since`.
    """
    with transaction.atomic():
        locked = rows.lock_active(conversation)
        if unchanged_since and locked.responder_since != unchanged_since:
            raise Changed
        if isinstance(to, User):
            _require_present(to)
        was = _with_whom(locked)
        if was == to:
            return None
        if isinstance(to, User):
            _pass_on(locked, to)
        elif to == Responder.WAITING:
            takeover.change(locked, Responder.WAITING, reason=HandOverReason.RELEASED, ending=Ending.RELEASED)
            _add_reply(locked, rows.plain(REQUEUED, *takeover.QUEUE_BUTTONS))
        else:
            ending = Ending.HANDED_BACK if locked.responder == Responder.AGENT else Ending.LEFT
            takeover.change(locked, Responder.BOT, agent=locked.agent, ending=ending)
            _add_reply(locked, rows.plain(RESUMED.format(about=takeover.about(locked, topic))))
    pubsub.publish(conversation)
    assert locked.responder_since
    return Reassigned(was, locked.responder_since)


def _with_whom(locked: Conversation) -> To:
    if locked.responder == Responder.AGENT and locked.agent:
        return locked.agent
    return Responder.BOT if locked.responder == Responder.BOT else Responder.WAITING


def _add_reply(locked: Conversation, reply: rows.Reply) -> None:
    rows.add_replies(locked, [reply])
    takeover.save(locked)


def _pass_on(locked: Conversation, colleague: User) -> None:
    words = PASSED if locked.responder == Responder.AGENT else JOINED
    takeover.change(locked, Responder.AGENT, agent=colleague, reason=locked.reason, ending=Ending.PASSED)
    _add_reply(locked, rows.plain(words.format(name=team.display_name(colleague))))


def _offered(conversation: uuid.UUID, colleague: User) -> Conversation:
    locked = rows.lock_active(conversation)
    if locked.responder != Responder.AGENT or locked.offered_to_id != colleague.pk or locked.offered_at is None:
        raise NoOffer
    return locked


def _require_present(colleague: User) -> None:
    if not team.present().filter(user=colleague, available=True).exists():
        raise Absent
