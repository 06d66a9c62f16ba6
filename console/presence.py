"""The users who are viewing a conversation now, so that two users do not get the same one."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from console.models import Presence, Thread
from shop import clock

# A person is present if their page sent a request within this time.
TIMEOUT = timedelta(seconds=30)
# Maximum number of conversations to try, because other users may take them at the same time.
TRIES = 10


def register(thread: int, user: User) -> None:
    Presence.objects.update_or_create(thread_id=thread, user=user, defaults={"at": clock.now()})


def others(user: User) -> QuerySet[Presence]:
    """The presences of all other users."""
    return Presence.objects.filter(at__gt=clock.now() - TIMEOUT).exclude(user=user)


def claim(ids: QuerySet[Thread, int], user: User) -> int | None:
    """The first of these conversations that no other user is reading; registers this user's presence in it."""
    for pk in ids.exclude(pk__in=others(user).values("thread"))[:TRIES]:
        with transaction.atomic():
            # Under the row's lock, so that two people who ask at once get two conversations.
            free = Thread.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if free and not others(user).filter(thread=pk).exists():
                register(pk, user)
                return pk
    return None
