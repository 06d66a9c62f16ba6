"""Decisions about a conversation (a verdict) or a message (a correction), with optimistic locking.

A form sends the number of the last decision that its page showed. If another user has decided since then, the second
user is asked which decision applies; both stay in the history.
"""

from django.contrib.auth.models import User
from django.http import HttpRequest

from console.models import Decision, Thread, Turn


class Overtaken(Exception):
    """Another user decided otherwise after the page was shown; `latest` is that decision."""

    def __init__(self, latest: Decision) -> None:
        super().__init__("somebody else decided")
        self.latest = latest


def latest(thread: Thread, turn: Turn | None = None) -> Decision | None:
    """The last decision about this conversation, or about this message of it."""
    return thread.decisions.filter(turn=turn).select_related("user").last()


def last_seen(thread: Thread, turn: Turn | None = None) -> int:
    """The number that the form sends back as « vu »; 0 before the first decision."""
    found = latest(thread, turn)
    return found.pk if found else 0


def seen_in(request: HttpRequest) -> int:
    """The « vu » of a form; 0 if it is missing or no number."""
    given = request.POST.get("vu", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def decide(thread: Thread, turn: Turn | None, value: str, user: User, seen: int) -> Decision:
    """Record the decision, one at a time per conversation. Call it in the transaction that applies it.

    Raises Overtaken. The same decision by two people is no conflict.
    """
    Thread.objects.select_for_update().get(pk=thread.pk)
    before = latest(thread, turn)
    if before and before.pk != seen and before.user_id != user.pk and before.value != value:
        raise Overtaken(before)
    return Decision.objects.create(thread=thread, turn=turn, value=value, user=user)
