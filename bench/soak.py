"""`python -m bench.soak`: some minutes at half load, and how much memory each process holds meanwhile."""

import argparse
import asyncio
import tempfile
import threading
from pathlib import Path

from bench.load import OWN_ADDRESSES, ChatCustomer, Load, run
from bench.measured import memory
from bench.performance import load
from bench.table import Table
from tests.processes import Processes, running

# Enough customers at once to keep the bot busy, to learn what half of that is.
FULL_CLIENTS, FULL_SECONDS = 8, 15.0
NAMES = ["web", "rasa", "actions", "sync"]


def main(minutes: int) -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), **OWN_ADDRESSES) as processes:
        full = load(ChatCustomer, processes.web_url, FULL_CLIENTS, FULL_SECONDS).throughput
        table = Table(f"minutes at {full / 2:.0f} messages a second", [f"{name}, MB" for name in NAMES])
        table.row("0", *_megabytes(processes))
        soaked = _soak(processes, full / 2, minutes, table)
        table.print()
        print(f"\n{len(soaked.waits)} messages, p95 {soaked.percentile(95):.0f} ms, each answered.")


def _soak(processes: Processes, rate: float, minutes: int, table: Table) -> Load:
    """What customers waited; a row a minute is added to the table."""
    over = threading.Event()

    def look() -> None:
        for minute in range(1, minutes + 1):
            if not over.wait(60):
                table.row(str(minute), *_megabytes(processes))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        return asyncio.run(run(ChatCustomer, processes.web_url, FULL_CLIENTS, 60 * minutes + 1, rate))
    finally:
        over.set()
        looking.join()


def _megabytes(processes: Processes) -> list[float]:
    return [memory(processes.pid(name)) for name in NAMES]


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--minutes", type=int, default=5)
    main(options.parse_args().minutes)
