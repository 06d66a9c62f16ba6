"""Turns that want to compute at the same time: one does, and it is the oldest."""

import asyncio
from contextlib import suppress

import pytest

from bot import floor


class Turns:
    """Turns that note when they begin, have an action run elsewhere, go on and end."""

    def __init__(self):
        self.seen, self.computing, self.elsewhere = [], 0, asyncio.Event()
        self.run = floor.held(self._run)

    def note(self, what):
        self.seen.append(what)

    async def _run(self, name, fails=False):
        self.note(f"{name} begins")
        await self.compute()
        async with floor.left():
            self.note(f"{name} waits")
            await self.elsewhere.wait()
        await self.compute()
        self.note(f"{name} ends")
        if fails:
            raise ValueError(name)

    async def compute(self):
        self.computing += 1
        await asyncio.sleep(0)  # where Rasa awaits something that is there at once
        assert self.computing == 1
        self.computing -= 1


async def begin(turns, *names, **options):
    return [asyncio.create_task(turns.run(name, **options)) for name in names]


def test_a_turn_that_waits_lets_others_go_on_and_the_oldest_is_finished_first():
    async def three():
        turns = Turns()
        running = await begin(turns, "a", "b", "c")
        while "c waits" not in turns.seen:
            await asyncio.sleep(0)
        turns.elsewhere.set()
        await asyncio.gather(*running)
        return turns.seen

    begun = [f"{name} {what}" for name in "abc" for what in ("begins", "waits")]
    assert asyncio.run(three()) == [*begun, "a ends", "b ends", "c ends"]


def test_what_has_begun_is_finished_before_another_begins():
    async def two():
        turns = Turns()
        turns.elsewhere.set()
        await asyncio.gather(*await begin(turns, "a", "b"))
        return turns.seen

    seen = asyncio.run(two())
    assert seen.index("a ends") < seen.index("b ends")


def test_a_turn_that_fails_or_is_cut_off_leaves_the_floor_to_the_others():
    async def all_of_them():
        turns = Turns()
        failing, cut, waiting, last = await begin(turns, "a", fails=True) + await begin(turns, "b", "c", "d")
        while "d waits" not in turns.seen:
            await asyncio.sleep(0)
        cut.cancel()
        turns.elsewhere.set()
        waiting.cancel()
        with pytest.raises(ValueError, match="a"):
            await failing
        for one in (cut, waiting):
            with suppress(asyncio.CancelledError):
                await one
        await asyncio.wait_for(last, 10)
        await asyncio.wait_for(turns.run("e"), 10)
        return turns.seen

    assert asyncio.run(all_of_them())[-1] == "e ends"


def test_a_turn_that_is_cut_off_as_it_asks_for_the_floor_gives_up_nobody_elses():
    async def cut_twice():
        turns = Turns()
        (cut,) = await begin(turns, "a")
        while "a waits" not in turns.seen:
            await asyncio.sleep(0)
        await floor._floor.take(-1)
        cut.cancel()
        for _ in range(10):
            await asyncio.sleep(0)
        cut.cancel()  # while it waits to get it back
        await asyncio.wait({cut})
        (other,) = await begin(turns, "b")
        for _ in range(10):
            await asyncio.sleep(0)
        waited = "b begins" not in turns.seen
        floor._floor.give()
        turns.elsewhere.set()
        await asyncio.wait_for(other, 10)
        return waited

    assert asyncio.run(cut_twice())


def test_what_runs_outside_of_a_turn_holds_nothing():
    async def outside():
        async with floor.left():
            return True

    assert asyncio.run(outside())
