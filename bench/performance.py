"""Compares our bot with a stock Rasa project in one run: start, memory, training, speed, and growing data.

Both get the same messages through the same kind of channel. The stock project is trained with a sample of our lines
(bench/stock_project.py). Milliseconds are customers' waiting times. The table « through the chat API » includes the
API's database, the dispatcher and the bot.
"""

import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from bench import data_growth
from bench.contenders import Contender, Ours, Stock
from bench.load import AS_SERVED, ChatCustomer, Customer, Load, RestCustomer, run, side_by_side, talk
from bench.process_stats import memory
from bench.stock_project import LINES_PER_INTENT
from bench.table import Table
from harness.processes import Processes

CLIENTS = (1, 8, 32)
TURNS = (10, 100, 1000)
MEASURED_TURNS = 10
SECONDS = 20.0
WARM_UP_SECONDS = 5.0
BESIDE_MESSAGES = 400


@contextmanager
def contenders(folder: Path) -> Iterator[tuple[Processes, Ours, Stock]]:
    """The chat and the two Rasa servers, not yet trained or started."""
    processes = Processes(folder)
    processes.env |= AS_SERVED
    processes.manage("migrate", "--verbosity", "0")
    processes.manage("demo", "--load")
    stock = Stock(processes)
    try:
        yield processes, Ours(processes), stock
    finally:
        stock.end()
        processes.stop()


def measure(folder: Path, seconds: float) -> None:
    with contenders(folder) as (processes, ours, stock):
        table = Table("", ["ours", "stock", "ours / stock"])
        _train(table, ours, stock)
        _start(table, [ours, stock], pids := {})
        _speed(table, ours, stock, seconds)
        table.compare("memory under load, MB", *(memory(pids[one.name]) for one in (ours, stock)))
        _long_conversation(table, [ours, stock])
        through_chat, waits = _through_the_chat(processes, ours, seconds)
        _million(table, [ours, stock], seconds)
        data_growth.copy_messages(processes.folder / "pixmania.sqlite3")
        through_chat.row("1, a million messages stored", *figures(load(ChatCustomer, processes.web_url, 1, seconds)))
        table.print()
        through_chat.print()
    chat, rest = (statistics.median(one) for one in zip(*waits, strict=True))
    print(f"\nThe chat API adds {chat - rest:.1f} ms at the median: {chat:.1f} against {rest:.1f}, message by message.")


def _train(table: Table, ours: Ours, stock: Stock) -> None:
    trained = [ours.train(), stock.train()]
    sample = f"{LINES_PER_INTENT} lines per intent"
    table.compare(f"training, s (stock: {sample}, {stock.EPOCHS} epochs)", *(run.seconds for run in trained))
    all_lines = f"all lines, {stock.USUAL_EPOCHS} epochs"
    table.compare(f"training, s (stock: estimated for {all_lines})", trained[0].seconds, stock.usual_training())
    table.compare(f"training, MB at its peak (stock: {sample})", *(run.megabytes for run in trained))


def _start(table: Table, both: list[Contender], pids: dict[str, int]) -> None:
    started = {one.name: one.start() for one in both}
    pids |= {name: pid for name, (pid, _) in started.items()}
    table.compare("start to first answer, s", *(seconds for _, seconds in started.values()))


def load(kind: type[Customer], url: str, clients: int, seconds: float) -> Load:
    return asyncio.run(run(kind, url, clients, seconds))


def _speed(table: Table, ours: Contender, stock: Contender, seconds: float) -> None:
    for one in (ours, stock):
        load(RestCustomer, one.url, 4, WARM_UP_SECONDS)
    for clients in CLIENTS:
        found = [load(RestCustomer, one.url, clients, seconds) for one in (ours, stock)]
        label = f"{clients} client{'s' if clients > 1 else ''}"
        table.compare(f"{label}: messages per second", *(load.throughput for load in found))
        for share in (50, 95, 99):
            table.compare(f"{label}: p{share}, ms", *(load.percentile(share) for load in found))


def _long_conversation(table: Table, both: list[Contender]) -> None:
    found = [asyncio.run(_as_it_grows(one)) for one in both]
    for turns in TURNS:
        table.compare(f"after {turns} turns of a conversation, ms", *(medians[turns] for medians in found))
    first, last = TURNS[0], TURNS[-1]
    table.compare(f"{last} turns against {first}, times", *(medians[last] / medians[first] for medians in found))


async def _as_it_grows(one: Contender) -> dict[int, float]:
    """{turns: median milliseconds of the next ten messages}. The turns in between are copies of the first ones."""
    medians = {}
    async with aiohttp.ClientSession() as session:
        customer = RestCustomer(session, one.url)
        await customer.begin()
        await talk(customer, TURNS[0])
        length = TURNS[0]
        for turns in TURNS:
            data_growth.lengthen(one.database, customer.sender, turns // length - 1)
            medians[turns] = await talk(customer, MEASURED_TURNS)
            length = turns + MEASURED_TURNS
    return medians


def _million(table: Table, both: list[Contender], seconds: float) -> None:
    for one in both:
        data_growth.copy_events(one.database)
    found = [load(RestCustomer, one.url, 1, seconds) for one in both]
    table.compare("1 client, a million messages stored: p50, ms", *(load.percentile(50) for load in found))


def _through_the_chat(processes: Processes, ours: Contender, seconds: float) -> tuple[Table, list[list[float]]]:
    """(the chat API under load, milliseconds of each message through the chat API and through Rasa's channel)"""
    processes.start("web")
    processes.wait_until_healthy()
    load(ChatCustomer, processes.web_url, 4, WARM_UP_SECONDS)
    table = Table("through the chat API, SQLite", ["messages per second", "p50, ms", "p95, ms", "p99, ms"])
    for clients in CLIENTS:
        table.row(f"{clients} at once", *figures(load(ChatCustomer, processes.web_url, clients, seconds)))
    ways: list[tuple[type[Customer], str]] = [(ChatCustomer, processes.web_url), (RestCustomer, ours.url)]
    return table, asyncio.run(side_by_side(ways, BESIDE_MESSAGES))


def figures(load: Load) -> list[float]:
    return [load.throughput, *(load.percentile(share) for share in (50, 95, 99))]


def main(seconds: float = SECONDS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), seconds)
