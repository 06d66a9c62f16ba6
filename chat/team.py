"""The people who answer: who is there, and what a customer reads about them."""

from datetime import timedelta
from typing import TypedDict

from django.contrib.auth.models import User
from django.db.models import QuerySet

from chat.models import AgentPresence, Conversation, Responder
from shop import clock

# An open inbox calls every 20 s (console/static/console/inbox.js); a browser may slow the calls of a hidden tab to one
# a minute.
PRESENCE_TIMEOUT = timedelta(seconds=90)


class TeamState(TypedDict, total=False):
    """Either the customer's place in the queue, from 1, or the name of the person who answers."""

    waiting: int
    agent: str


def mark_present(user: User, available: bool) -> None:
    """Note that this agent's inbox is open, and whether they take conversations."""
    values = {"seen_at": clock.now(), "available": available}
    AgentPresence.objects.update_or_create(user=user, defaults=values)


def present() -> QuerySet[AgentPresence]:
    """Agents with an open inbox."""
    return AgentPresence.objects.filter(seen_at__gt=clock.now() - PRESENCE_TIMEOUT)


def is_available() -> bool:
    """Whether anybody takes conversations now."""
    return present().filter(available=True).exists()


def display_name(user: User | None) -> str:
    """How customers read this agent's name: the first name, or else the account's."""
    return (user.first_name or user.get_username()) if user else "Un conseiller"


def with_team() -> QuerySet[Conversation]:
    """Conversations that a person answers, or that wait for one."""
    # As in the index « conversation_with_team ».
    return unfinished().filter(erased_at=None, expires_at__gt=clock.now())


def unfinished() -> QuerySet[Conversation]:
    """The same, with those that have expired meanwhile."""
    return Conversation.objects.filter(responder__in=(Responder.WAITING, Responder.AGENT))


def state_of(conversation: Conversation) -> TeamState | None:
    """What the customer's window shows about the team; None while the bot answers."""
    if conversation.responder == Responder.AGENT:
        return {"agent": display_name(conversation.agent)}
    if conversation.responder == Responder.WAITING:
        before = with_team().filter(responder=Responder.WAITING, responder_since__lt=conversation.responder_since)
        return {"waiting": before.count() + 1}
    return None
