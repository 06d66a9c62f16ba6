"""Whether the bot resolved a conversation: the customer said so (« confirmed ») or did not come back (« assumed »).

A customer who returns within 72 hours was not helped. A return is recognised by the same e-mail or number, about any
topic; or by the same IP address, if it is about the same topic or asks for a person, because a whole company may share
an address.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from django.db.models import Q
from django.utils.crypto import salted_hmac

from chat.models import LIFETIME
from console.indexing.outcome import ESCALATING_INTENTS, IDLE_TIME
from console.models import Facet, FacetKind, Outcome, Resolution, Thread, Turn
from console.text import words

RETURN = timedelta(hours=72)
# The bot was asked something, but understood no topic.
NOT_UNDERSTOOD = {"out_of_scope", "nlu_fallback"}
# Intents that do not show whether the last answer helped.
POLITE = {"greet", "goodbye"}
_NAMED_BY = ("email", "order_number", "tradein_number")


def of(turns: Sequence[Turn], outcome: str, helpful: bool | None, topics: Iterable[str]) -> str:
    """The conversation's Resolution; empty until it has ended."""
    if outcome == Outcome.ONGOING:
        return ""
    asked = [turn for turn in turns if not turn.form_input]
    if not any(turn.intent in {*topics, *NOT_UNDERSTOOD} - ESCALATING_INTENTS for turn in asked):
        return Resolution.ABSENT
    if outcome not in (Outcome.ANSWERED, Outcome.ASKED_BACK) or helpful is False:
        return Resolution.UNRESOLVED
    return Resolution.CONFIRMED if helpful or _thanked(asked) else Resolution.ASSUMED


def _thanked(asked: Sequence[Turn]) -> bool:
    """Whether the customer's last message was thanks; « merci quand même » does not count."""
    last = next((turn for turn in reversed(asked) if turn.intent not in POLITE), None)
    return last is not None and last.intent == "thank" and "quand meme" not in " ".join(words(last.text))


def returned_within(turns: Sequence[Turn]) -> bool:
    """Whether the customer asked about the same topic again in the same conversation, after it had ended."""
    before: set[str] = set()
    for earlier, turn in pairwise(turns):
        before.add(earlier.intent)
        if turn.at - earlier.at >= IDLE_TIME and turn.intent in before | ESCALATING_INTENTS and not turn.form_input:
            return True
    return False


def customers(turns: Iterable[Turn]) -> set[str]:
    """Keyed hashes of the e-mails and numbers that were given."""
    given = {str(turn.slots[name]).casefold() for turn in turns for name in _NAMED_BY if turn.slots.get(name)}
    return {salted_hmac("console.customer", value, algorithm="sha256").hexdigest()[:40] for value in given}


def note_returns(thread: Thread) -> list[Thread]:
    """Mark conversations that were followed by a return, and return them.

    A return is an earlier and a later conversation of the same customer. Either may be indexed last, so this looks for
    earlier and for later ones.
    """
    named = Facet.objects.filter(thread=thread, kind=FacetKind.CUSTOMER).values("value")
    margin = RETURN + LIFETIME
    near = Q(started_at__gt=thread.started_at - margin, started_at__lt=thread.last_at + margin)
    same = Facet.objects.filter(near, kind=FacetKind.CUSTOMER, value__in=named).values_list("thread", flat=True)
    at_address = Thread.objects.filter(near, chat__address=thread.chat.address).exclude(pk=thread.pk)
    others = {other.pk: other for other in Thread.objects.filter(pk__in=list(same)).exclude(pk=thread.pk)}
    others |= {one.pk: one for one in at_address if _is_about_the_same(*sorted((one, thread), key=_begin))}
    pairs = [sorted((other, thread), key=_begin) for other in others.values()]
    followed = [earlier for earlier, later in pairs if timedelta(0) <= later.started_at - earlier.last_at <= RETURN]
    Thread.objects.filter(pk__in=[one.pk for one in followed]).update(came_back=True)
    return followed


def _begin(thread: Thread) -> tuple[object, int]:
    return thread.started_at, thread.pk


def _is_about_the_same(earlier: Thread, later: Thread) -> bool:
    return bool(set(later.topics) & {*earlier.topics, *ESCALATING_INTENTS})
