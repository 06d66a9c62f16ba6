"""Flags: something in a conversation that somebody has to look at, until somebody settles it."""

from django.contrib.auth.models import User
from django.db.models import QuerySet

from console.models import Flag, Thread, Turn
from console.roles import ROLES
from shop import clock


def raise_on(thread: Thread, turn: Turn | None, text: str, user: User, to: User | None = None) -> Flag:
    return Flag.objects.create(thread=thread, turn=turn, text=text, user=user, assigned_to=to)


def settle(flags: QuerySet[Flag], user: User) -> int:
    """Settle those that are open; return how many. Of two people who press at once, the first one has settled it."""
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
    """To whom a flag can be assigned: whoever may settle it."""
    groups = [ROLES["review"], ROLES["manage"]]
    return User.objects.filter(is_active=True, groups__name__in=groups).distinct().order_by("username")
