"""The agents: who is present, and what customers read about them."""

from datetime import timedelta
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet, Value

from chat.models import AgentPresence, Conversation, Responder
from shop import clock


class Literal(Value):
    """A constant that is part of the SQL text: SQLite uses a partial index only if the query repeats its condition."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return f"'{self.value}'", ()


# As in the index « conversation_with_team ».
_WITH_TEAM = [Literal("waiting"), Literal("agent")]


class TeamState(TypedDict, total=False):
    """Either the customer's place in the queue, from 1, or the name of the person who answers."""

    waiting: int
    agent: str


def presence_timeout() -> timedelta:
    """After this time without a heartbeat, an inbox counts as closed.

    An open one sends a heartbeat every 20 s (console/static/console/inbox.js); browsers may slow a hidden tab's timers
    to one a minute.
    """
    return timedelta(seconds=settings.TEAM_PRESENCE_SECONDS)


def mark_present(user: User, available: bool) -> None:
    """Record that this agent's inbox is open, and whether the agent takes conversations."""
    values = {"seen_at": clock.now(), "available": available}
    AgentPresence.objects.update_or_create(user=user, defaults=values)


def present() -> QuerySet[AgentPresence]:
    """Agents with an open inbox."""
    return AgentPresence.objects.filter(seen_at__gt=clock.now() - presence_timeout())


def is_available() -> bool:
    """Whether an agent is present who takes conversations."""
    return present().filter(available=True).exists()


def display_name(user: User | None) -> str:
    """The agent's name that customers read: the first name, or else the name of the account."""
    return (user.first_name or user.get_username()) if user else "Un conseiller"


def with_team() -> QuerySet[Conversation]:
    """Conversations that a person answers, or that wait for one."""
    return unfinished().filter(erased_at=None, expires_at__gt=clock.now())


def unfinished() -> QuerySet[Conversation]:
    """Those of `with_team`, and the ones that have expired or were erased meanwhile."""
    return Conversation.objects.filter(responder__in=_WITH_TEAM)


def state_of(conversation: Conversation) -> TeamState | None:
    """The state that the customer's window shows about the team; None while the bot answers."""
    if conversation.responder == Responder.AGENT:
        return {"agent": display_name(conversation.agent)}
    if conversation.responder == Responder.WAITING:
        before = with_team().filter(responder=Responder.WAITING, responder_since__lt=conversation.responder_since)
        return {"waiting": before.count() + 1}
    return None
