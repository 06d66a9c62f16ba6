"""The only access from a chat to the record of an order or a trade-in. It limits failed attempts.

Number *and* e-mail must match at every call, and the error does not say which one is wrong. Threats: someone who knows
a number guesses the e-mail, or the reverse; tries numbers one after the other; starts a new conversation to try again;
sends several requests at once, to try more often than the limit allows.

Failures are counted per conversation, per address, and per address together with the number or the e-mail. A number or
an e-mail is never locked for everybody, because a stranger's wrong attempts would then lock its owner out. In an
attack from many addresses, attackers cannot be distinguished from other customers, so it locks nobody completely. While
there are too many failures in all, or for one number or e-mail, each limit is halved, and the team is alerted
(shop/lookup_alarm.py). None of this depends on whether a record exists, so that a refusal reveals nothing.

If a turn is aborted, the bot gets the same message again: its attempt counts only once.
"""

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from shop import clock
from shop.database import DatabaseThreads
from shop.emails import is_same_email, normalised_email
from shop.models import FailedLookup, Order, TradeIn
from shop.numbers import order_number, tradein_number
from shop.rate_limit import Limit

# With this many failures for one number or e-mail, from any addresses, an attack is assumed.
TARGETED = Limit(10, 900)
# How long failures are stored: the alarm reads those of one day (shop/lookup_alarm.py).
KEPT = timedelta(days=1)

Record = TypeVar("Record", Order, TradeIn)
P = ParamSpec("P")
T = TypeVar("T")

_threads = DatabaseThreads("shop", 4)


class NoMatch(Exception):
    """No record has this number and this e-mail. Never says which of the two is wrong."""


class Locked(Exception):
    """Too many failures; `until` is an aware datetime."""

    def __init__(self, until: datetime) -> None:
        super().__init__("look-ups are locked")
        self.until = until


class ShopUnavailable(Exception):
    """The database did not answer. This is not a failed attempt."""


def find_order(conversation: str, number: str, email: str, message: str = "", address: str = "") -> Order:
    """The order with this number and e-mail, with its customer, seller, lines and shipment.

    `message` is the id of the customer's message; without one, each call counts. `address` is a keyed hash of the
    customer's IP address; without one, failures are not counted by address. Raises NoMatch, Locked or ShopUnavailable.
    """
    orders = Order.objects.select_related("customer", "seller", "shipment").prefetch_related("lines")
    return _guarded(_Attempt(conversation, address, email, order_number(number) or "", message), orders)


def find_tradein(conversation: str, number: str, email: str, message: str = "", address: str = "") -> TradeIn:
    """The trade-in with this number and e-mail; otherwise like `find_order`."""
    tradeins = TradeIn.objects.select_related("customer")
    return _guarded(_Attempt(conversation, address, email, tradein_number(number) or "", message), tradeins)


def check() -> None:
    """Raise ShopUnavailable if orders cannot be looked up."""
    try:
        Order.objects.exists()
    except DatabaseError as fault:
        raise ShopUnavailable from fault


def _in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The function as a coroutine function. Raises ShopUnavailable also if the database does not answer in time."""
    call = _threads(function)

    @wraps(function)
    async def called(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await call(*args, **kwargs)
        except DatabaseError as fault:
            raise ShopUnavailable from fault

    return called


acheck = _in_thread(check)
afind_order = _in_thread(find_order)
afind_tradein = _in_thread(find_tradein)


def clear_locks() -> None:
    """Delete all failures, which removes all locks (for the demo data and for support)."""
    FailedLookup.objects.all().delete()


def forget(conversations: list[str], email: str = "", number: str = "") -> int:
    """Delete the failures of these conversations and of a person's e-mail or number; return how many were deleted."""
    deleted = FailedLookup.objects.filter(_of("email", email.strip().lower()) | _of("number", number)).delete()[0]
    for start in range(0, len(conversations), 500):
        keys = [key for one in conversations[start : start + 500] for key in _keys("conversation", one)]
        deleted += FailedLookup.objects.filter(conversation__in=keys).delete()[0]
    return deleted


def forget_past() -> int:
    """Delete the failures that are too old for every limit and alarm (retention); return how many were deleted."""
    return FailedLookup.objects.filter(at__lte=clock.now() - KEPT).delete()[0]


def _keys(kind: str, value: str) -> list[str]:
    """Hashes of the value, keyed by BOT_SECRET and its former values: the table contains no e-mail and no number.

    The bot and the console both have BOT_SECRET; the bot has no SECRET_KEY.
    """
    secrets = settings.BOT_SECRET, *settings.BOT_SECRET_FALLBACKS
    return [salted_hmac("shop.access", f"{kind}:{value}", one, algorithm="sha256").hexdigest() for one in secrets]


def _of(kind: str, value: str) -> Q:
    """The query for failures with this value; it matches none if the value is empty."""
    return Q(**{f"{kind}__in": _keys(kind, value) if value else []})


@dataclass(frozen=True)
class _Attempt:
    """One look-up. `number` is normalised; the other values are as received."""

    conversation: str
    address: str
    email: str
    number: str
    message: str

    @cached_property
    def values(self) -> dict[str, str]:
        typed = self.email.strip().lower()
        return {
            "conversation": self.conversation,
            "address": self.address,
            "email": normalised_email(self.email) or typed,
            "number": self.number,
        }

    @cached_property
    def key(self) -> str:
        """The hash of this pair in this message; another pair in the same message is another attempt."""
        return _keys("attempt", json.dumps([self.message or uuid.uuid4().hex, *self.values.values()]))[0]

    def others(self, *kinds: str) -> QuerySet[FailedLookup]:
        """The stored failures with the same values of these kinds, except of this attempt."""
        same = [_of(kind, self.values[kind]) for kind in kinds]
        return FailedLookup.objects.filter(*same).exclude(attempt=self.key)

    def store_failure(self) -> None:
        hashes = {kind: _keys(kind, value)[0] if value else "" for kind, value in self.values.items()}
        failure = FailedLookup(attempt=self.key, at=clock.now(), **hashes)
        FailedLookup.objects.bulk_create([failure], ignore_conflicts=True)


def _guarded(attempt: _Attempt, records: QuerySet[Record]) -> Record:
    """Look up the record within the limits.

    NoMatch is raised after the transaction, because inside it would roll back the stored failure.
    """
    try:
        with transaction.atomic():
            _wait_for_turn(attempt)
            _refuse_while_locked(attempt)
            record = _matching(attempt, records)
            if record is None:
                attempt.store_failure()
    except DatabaseError as fault:
        raise ShopUnavailable from fault
    if record is None:
        raise NoMatch
    return record


def _matching(attempt: _Attempt, records: QuerySet[Record]) -> Record | None:
    """The record. One query checks both values, so that its duration does not reveal whether the number exists."""
    email = normalised_email(attempt.email) or ""
    record = records.filter(number=attempt.number, customer__email__iexact=email).first()
    # `iexact` ignores case outside ASCII too, so that similar-looking letters would match.
    return record if record and is_same_email(record.customer.email, email) else None


def _wait_for_turn(attempt: _Attempt) -> None:
    """Wait until no other look-up of this conversation or address runs, so that each one counts the failures before it.

    SQLite allows one writer at a time anyway (web/settings_base.py).
    """
    if connection.vendor == "postgresql":
        known = {kind: attempt.values[kind] for kind in ("conversation", "address") if attempt.values[kind]}
        held = sorted(_keys(kind, value)[0] for kind, value in known.items())
        with connection.cursor() as cursor:
            for key in held:  # always in this order, so that two look-ups cannot deadlock
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _refuse_while_locked(attempt: _Attempt) -> None:
    person, address = Limit.parse(settings.LOOKUP_LIMIT_PERSON), Limit.parse(settings.LOOKUP_LIMIT_ADDRESS)
    guards = {
        ("conversation",): person,
        ("address", "number"): person,
        ("address", "email"): person,
        ("address",): address,
    }
    under_attack = _under_attack(attempt)
    full = [
        (limit.halved() if under_attack else limit).free_at(attempt.others(*kinds), "at")
        for kinds, limit in guards.items()
    ]
    if until := max(filter(None, full), default=None):
        raise Locked(until)


def _under_attack(attempt: _Attempt) -> bool:
    """Whether there are too many failures of all customers, or for this number or e-mail."""
    suspicious = {(): Limit.parse(settings.LOOKUP_LIMIT_ALL), ("number",): TARGETED, ("email",): TARGETED}
    return any(limit.free_at(attempt.others(*kinds), "at") for kinds, limit in suspicious.items())
