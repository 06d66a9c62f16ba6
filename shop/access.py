"""Record access: the only guarded way from a chat to an order or a trade-in.

Threats: someone who knows a number guesses the e-mail, or the reverse; tries numbers one after the other; starts a new
conversation to try again; sends two requests at once to share the last attempt. Therefore number *and* e-mail must
match at every call, and the error does not say which one is wrong. Failures are counted in the database under a row
lock, per conversation, e-mail and number (existing or not): five within 15 minutes lock all three for 15 minutes. If a
turn is aborted, the bot gets the same message again: its attempt counts only once, or a typo would lock the customer
out.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.crypto import salted_hmac

from shop import clock
from shop.database import DatabaseThreads
from shop.emails import normalised_email
from shop.models import LookupFailure, LookupGuard, Order, TradeIn
from shop.numbers import order_number, tradein_number

MAX_FAILURES = 5
WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)

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


def find_order(conversation: str, number: str, email: str, message: str = "") -> Order:
    """The order with this number and e-mail, with its customer, seller, lines and shipment.

    `message` is the id of the customer's message; without one, each call counts. Raises NoMatch, Locked or
    ShopUnavailable.
    """
    orders = Order.objects.select_related("customer", "seller", "shipment").prefetch_related("lines")
    given = _given(conversation, order_number(number) or number, email)
    return _guarded(given, message, lambda key: orders.filter(number=key).first())


def find_tradein(conversation: str, number: str, email: str, message: str = "") -> TradeIn:
    """The trade-in with this number and e-mail; otherwise like `find_order`."""
    tradeins = TradeIn.objects.select_related("customer")
    given = _given(conversation, tradein_number(number) or number, email)
    return _guarded(given, message, lambda key: tradeins.filter(number=key).first())


def check() -> None:
    """Raise ShopUnavailable if orders cannot be looked up."""
    try:
        Order.objects.exists()
    except DatabaseError as fault:
        raise ShopUnavailable from fault


def _in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The function for a coroutine. A database that does not answer in time is unavailable too."""
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
    """Delete every failure and every lock (for the demo data and for support)."""
    LookupGuard.objects.all().delete()


def forget(conversations: list[str], email: str = "", number: str = "") -> int:
    """Delete the failures of these conversations and of a person's e-mail or number; return how many there were."""
    keys = [_key("conversation", conversation) for conversation in conversations]
    keys += [_key("email", email)] * bool(email) + [_key("number", number)] * bool(number)
    deleted = 0
    for start in range(0, len(keys), 500):
        guards = LookupGuard.objects.filter(key__in=keys[start : start + 500])
        deleted += guards.delete()[1].get("shop.LookupGuard", 0)
    return deleted


def forget_past() -> int:
    """Delete the guards whose lock and failures have expired (retention); return how many there were."""
    now = clock.now()
    counting = LookupFailure.objects.filter(at__gt=now - WINDOW).values("guard")
    over = LookupGuard.objects.exclude(locked_until__gt=now).exclude(pk__in=counting)
    return over.delete()[1].get("shop.LookupGuard", 0)


def _key(kind: str, value: str) -> str:
    """A keyed hash, so that the table contains no e-mail and no number.

    The key comes from BOT_SECRET, which the bot and the console both have: the bot has no SECRET_KEY.
    """
    return salted_hmac("shop.access", f"{kind}:{value}", settings.BOT_SECRET, algorithm="sha256").hexdigest()


def _given(conversation: str, number: str, email: str) -> dict[str, str]:
    """The keys to count failures for, always in this order, so that two look-ups cannot deadlock."""
    return {"conversation": conversation, "email": email.strip().lower(), "number": number}


def _attempt(given: dict[str, str], message: str) -> str | None:
    """The key that makes a retry count once: this pair in this message. Another pair in it counts again."""
    return _key("attempt", json.dumps([message, *given.values()])) if message else None


def _guarded(given: dict[str, str], message: str, fetch: Callable[[str], Record | None]) -> Record:
    """Look up under the guards. NoMatch is raised after the transaction: inside, it would roll the failure back."""
    try:
        with transaction.atomic():
            guards = [_locked_row(_key(kind, value)) for kind, value in given.items()]
            _refuse_while_locked(guards)
            record = fetch(given["number"])
            matches = record is not None and record.customer.email == normalised_email(given["email"])
            if not matches:
                for guard in guards:
                    _count_failure(guard, _attempt(given, message))
    except DatabaseError as fault:
        raise ShopUnavailable from fault
    if record is None or not matches:
        raise NoMatch
    return record


def _locked_row(key: str) -> LookupGuard:
    return LookupGuard.objects.select_for_update().get_or_create(key=key)[0]


def _refuse_while_locked(guards: list[LookupGuard]) -> None:
    # This also refuses a retry of the attempt that triggered the lock; the customer would meet the lock anyway.
    until = max((guard.locked_until for guard in guards if guard.locked_until), default=None)
    if until and until > clock.now():
        raise Locked(until)


def _count_failure(guard: LookupGuard, attempt: str | None) -> None:
    """Runs under the guard's row lock, so that the same attempt is not counted twice."""
    now = clock.now()
    guard.failures.filter(at__lte=now - WINDOW).delete()
    if attempt and guard.failures.filter(attempt=attempt).exists():
        return
    LookupFailure.objects.create(guard=guard, at=now, attempt=attempt)
    if guard.failures.count() >= MAX_FAILURES:
        guard.failures.all().delete()
        guard.locked_until = now + LOCK
        guard.save(update_fields=["locked_until"])
