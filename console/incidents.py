"""Incident detection: finds questions that are asked far more often than usual at the moment.

Each question's conversations are counted in slots of ten minutes and compared with the same hours of the same weekday
in the last four weeks. A one-sided Poisson CUSUM (Page 1954, Lucas 1985) sums, slot by slot, the log-likelihood ratio
of three times the usual rate against the usual rate; the incident began where the sum was last zero.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q

from chat.models import Message
from console.models import Facet, FacetKind
from shop import clock, formatting

SLOT = timedelta(minutes=10)
# Six hours back.
SLOTS = 36
WEEKS = 4
# The usual rate of a slot is averaged over this many slots before and after it: half an hour each.
SMOOTHING_SLOTS = 3
# The sum tests for this multiple of the usual rate.
RATE_RATIO = 3.0
# Threshold of the sum. On average, a question raises a false alarm once in e¹² slots, three years.
ALARM = 12.0
# Minimum usual rate in conversations per slot, for questions that are rarely asked: three a day.
MIN_RATE = 0.02
# An incident is over if this many latest slots, half an hour, are not unusual any more.
RECENT_SLOTS = 3
# A carrier or seller is named if it has at least this share, and this number, of the incident's orders.
MIN_SHARED_SHARE, MIN_SHARED_COUNT = 0.5, 5
_NAMES = {"carrier": "chez", "seller": "chez le vendeur"}


@dataclass(frozen=True)
class Incident:
    """A question that is asked unusually often since `since`. `usual`: the expected number of conversations until now.

    `shared`: what most of their orders have in common, in French, or "".
    """

    question: str
    since: datetime
    conversations: int
    usual: float
    shared: str = ""

    def __str__(self) -> str:
        """« ×4 depuis 10:20, 71 % chez Colissimo »"""
        begun = f"×{self._times()} depuis {self.since.astimezone(clock.PARIS):%H:%M}"
        return f"{begun}, {self.shared}" if self.shared else begun

    def _times(self) -> str:
        times = self.conversations / max(self.usual, 1)
        return f"{times:.1f}".replace(".", ",") if times < 2 else str(round(times))


def incidents(now: datetime | None = None) -> list[Incident]:
    """The current incidents, the largest first; three queries at most."""
    now = now or clock.now()
    weeks = _weeks_of_data(now)
    if not weeks:
        return []
    found = [one for question, slots in _counts(now, weeks).items() if (one := _incident(question, slots, weeks, now))]
    return sorted(_with_shared(found), key=lambda one: one.usual - one.conversations)


def _weeks_of_data(now: datetime) -> int:
    """How many of the last WEEKS weeks have data to compare with."""
    first = Facet.objects.filter(kind=FacetKind.QUESTION).aggregate(first=Min("started_at"))["first"]
    return min(WEEKS, (now - first) // timedelta(weeks=1)) if first else 0


def _counts(now: datetime, weeks: int) -> dict[str, Counter[tuple[int, int]]]:
    """{question: {(weeks ago, slots ago): conversations}}; past weeks have SMOOTHING_SLOTS more on each side."""
    asked = Q()
    for week in range(weeks + 1):
        end = now.astimezone(clock.PARIS) - timedelta(weeks=week)
        margin = SMOOTHING_SLOTS * SLOT if week else timedelta(0)
        asked |= Q(started_at__gt=end - SLOTS * SLOT - margin, started_at__lte=end + margin)
    rows = Facet.objects.filter(asked, kind=FacetKind.QUESTION).values_list("value", "started_at")
    found: dict[str, Counter[tuple[int, int]]] = {}
    for question, at in rows.iterator():
        # Compared in local time, because summer time may have begun or ended since.
        ago = _wall(now) - _wall(at)
        week = (ago + SMOOTHING_SLOTS * SLOT) // timedelta(weeks=1)
        found.setdefault(question, Counter())[week, (ago - week * timedelta(weeks=1)) // SLOT] += 1
    return found


def _wall(at: datetime) -> datetime:
    return at.astimezone(clock.PARIS).replace(tzinfo=None)


def _incident(question: str, slots: Counter[tuple[int, int]], weeks: int, now: datetime) -> Incident | None:
    """The CUSUM over the slots, the oldest first."""
    total, begun, latest = 0.0, 0, []
    for ago in range(SLOTS - 1, -1, -1):
        latest.append(slots[0, ago] * math.log(RATE_RATIO) - (RATE_RATIO - 1) * _usual(slots, weeks, ago))
        if total + latest[-1] <= 0:
            total, begun = 0.0, ago
        else:
            total += latest[-1]
    if total < ALARM or sum(latest[-RECENT_SLOTS:]) <= 0:
        return None
    since = range(begun)
    return Incident(
        question=question,
        since=now - begun * SLOT,
        conversations=sum(slots[0, ago] for ago in since),
        usual=sum(_usual(slots, weeks, ago) for ago in since),
    )


def _usual(slots: Counter[tuple[int, int]], weeks: int, ago: int) -> float:
    """The expected conversations of a slot: the mean at the same time of the same weekday in the last weeks."""
    near = range(ago - SMOOTHING_SLOTS, ago + SMOOTHING_SLOTS + 1)
    return max(MIN_RATE, sum(slots[week, slot] for week in range(1, weeks + 1) for slot in near) / (weeks * len(near)))


def _with_shared(found: list[Incident]) -> Iterator[Incident]:
    """Add what the orders that were looked up in those conversations have in common."""
    if not found:
        return
    begin = min(one.since for one in found)
    asked = Facet.objects.filter(kind=FacetKind.QUESTION, value__in=[one.question for one in found])
    rows = asked.filter(started_at__gt=begin).values_list("value", "started_at", "thread__chat")
    cards = _cards({chat for _, _, chat in rows})
    for one in found:
        chats = {chat for question, at, chat in rows if question == one.question and at > one.since}
        yield Incident(**one.__dict__ | {"shared": _shared([cards[chat] for chat in chats if chat in cards])})


def _cards(chats: Iterable[Any]) -> dict[Any, Any]:
    """{conversation: the last order that its customer was shown}"""
    shown = Message.objects.filter(conversation__in=chats, card__kind="order").order_by("seq")
    return dict(shown.values_list("conversation", "card"))


def _shared(cards: list[dict[str, Any]]) -> str:
    """« 71 % chez Colissimo »"""
    for name, words in _NAMES.items():
        values = Counter(str(card[name]) for card in cards if card.get(name))
        for value, count in values.most_common(1):
            if count >= MIN_SHARED_COUNT and count >= MIN_SHARED_SHARE * len(cards):
                return f"{formatting.percent(count / len(cards))} {words} {value}"
    return ""
