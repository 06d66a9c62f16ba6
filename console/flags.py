"""Flags: marks on conversations or messages that the team must look at, until they are settled."""

from django.contrib.auth.models import User
from django.db.models import QuerySet

from console.models import Flag, Thread, Turn
from console.roles import ROLES
from shop import clock


def raise_on(thread: Thread, turn: Turn | None, text: str, user: User, to: User | None = None) -> Flag:
    return Flag.objects.create(thread=thread, turn=turn, text=text, user=user, assigned_to=to)


def settle(flags: QuerySet[Flag], user: User) -> int:
    """Settle the open ones of these flags; return how many. Of two concurrent calls, the first one settles them."""
    return flags.filter(settled_at=None).update(settled_by=user, settled_at=clock.now())


def reopen(flags: QuerySet[Flag]) -> int:
    return flags.exclude(settled_at=None).update(settled_by=None, settled_at=None)


def open_flags() -> QuerySet[Flag]:
    return Flag.objects.filter(settled_at=None)


def counts(user: User) -> dict[str, int]:
    """How many conversations have an open flag: any, and one that was assigned to this user."""
    found = open_flags().order_by()
    mine = found.filter(assigned_to=user)
    return {"open": found.values("thread").distinct().count(), "mine": mine.values("thread").distinct().count()}


def colleagues() -> QuerySet[User]:
    """The users to whom a flag can be assigned: those who may settle it."""
    groups = [ROLES["review"], ROLES["manage"]]
    return User.objects.filter(is_active=True, groups__name__in=groups).distinct().order_by("username")
