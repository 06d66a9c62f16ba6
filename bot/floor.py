"""Which turn computes: one at a time in this process, and of those that could, the one that began first.

Everything but an action runs in one event loop. Left alone it takes up every turn as soon as it comes, so that all of
them are half done and each waits for all the others at each of its steps. While an action runs elsewhere, another turn
goes on.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import wraps
from heapq import heappop, heappush
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# An action's answer that is there needs so many rounds of the loop until its turn asks for the floor.
ROUNDS = 3

_turn: ContextVar[int | None] = ContextVar("turn", default=None)
_numbers = itertools.count()


class Floor:
    """A lock that the oldest turn gets first, also one that only now hears what it waited for."""

    def __init__(self) -> None:
        self._held = False
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    async def take(self, turn: int) -> None:
        given = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (turn, given))
        if not self._held:
            self._held = True
            self._pass_on(ROUNDS)
        try:
            await given
        except asyncio.CancelledError:
            if given.done() and not given.cancelled():
                self.give()
            raise

    def give(self) -> None:
        self._pass_on(ROUNDS)

    def _pass_on(self, rounds: int) -> None:
        if rounds:
            asyncio.get_running_loop().call_soon(self._pass_on, rounds - 1)
            return
        while self._waiting:
            _, oldest = heappop(self._waiting)
            if not oldest.done():
                oldest.set_result(None)
                return
        self._held = False


_floor = Floor()


def held(run: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """The function, which runs a whole turn, with the floor."""

    @wraps(run)
    async def holding(*args: P.args, **kwargs: P.kwargs) -> T:
        _turn.set(number := next(_numbers))
        await _floor.take(number)
        try:
            return await run(*args, **kwargs)
        finally:
            if _turn.get() is not None:
                _floor.give()
                _turn.set(None)

    return holding


@asynccontextmanager
async def left() -> AsyncIterator[None]:
    """The turn waits for another process; outside of a turn nothing is left."""
    turn = _turn.get()
    if turn is None:
        yield
        return
    _floor.give()
    _turn.set(None)
    try:
        yield
    finally:
        await _floor.take(turn)
        _turn.set(turn)
