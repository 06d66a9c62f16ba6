"""`python -m bench.soak`: measures whether each process's memory grows over some minutes at half of the maximum load.

Exits with 1 if the bot missed a message or received one more than once.
"""

import argparse
import asyncio
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

import numpy as np

from bench.load import AS_SERVED, ChatCustomer, Load, run
from bench.performance import load
from bench.process_stats import memory
from bench.table import Table
from harness.processes import Processes, running

# Enough concurrent customers to saturate the bot: this determines the maximum load.
FULL_CLIENTS, FULL_SECONDS = 8, 15.0
NAMES = ["web", "bot"]
SAMPLES_PER_MINUTE = 6


class Counted(ChatCustomer):
    """Counts the answered messages by conversation."""

    answered: Counter[str] = Counter()

    async def say(self, text: str) -> None:
        await super().say(text)
        token = self._headers["Authorization"].removeprefix("Bearer ")
        self.answered[token.split(":")[0]] += 1


def main(minutes: int) -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), **AS_SERVED) as processes:
        full = load(ChatCustomer, processes.web_url, FULL_CLIENTS, FULL_SECONDS).throughput
        samples = [_megabytes(processes)]
        soaked = _soak(processes, full / 2, minutes, samples)
        lost, duplicates = _count(processes)
    table = Table(f"minutes at {full / 2:.0f} messages a second", [f"{name}, MB" for name in NAMES])
    for number, held in enumerate(samples[::SAMPLES_PER_MINUTE]):
        table.row(str(number), *held)
    table.row("a minute, in the second half", *(f"{slope:+.2f}" for slope in _slopes(samples)))
    table.print()
    print(f"\n{len(soaked.waits)} messages, p95 {soaked.percentile(95):.0f} ms, lost {lost}, duplicates {duplicates}.")
    sys.exit(1 if lost or duplicates else 0)


def _soak(processes: Processes, rate: float, minutes: int, samples: list[list[float]]) -> Load:
    """Run the load, and sample the processes' memory every few seconds."""
    over = threading.Event()

    def sample() -> None:
        while len(samples) <= minutes * SAMPLES_PER_MINUTE and not over.wait(60 / SAMPLES_PER_MINUTE):
            samples.append(_megabytes(processes))

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        return asyncio.run(run(Counted, processes.web_url, FULL_CLIENTS, 60 * minutes + 1, rate))
    finally:
        over.set()
        sampler.join()


def _megabytes(processes: Processes) -> list[float]:
    return [memory(processes.pid(name)) for name in NAMES]


def _slopes(samples: list[list[float]]) -> list[float]:
    """Growth of each process in megabytes per minute, over the second half."""
    late = np.array(samples[len(samples) // 2 :])
    slopes: list[float] = SAMPLES_PER_MINUTE * np.polyfit(range(len(late)), late, 1)[0]
    return slopes


def _count(processes: Processes) -> tuple[int, int]:
    """Of the answered messages: how many the bot missed, and how many it received more than once."""
    received = {conversation: len(processes.rasa_messages(conversation)) for conversation in Counted.answered}
    excess = [received[conversation] - answered for conversation, answered in Counted.answered.items()]
    return sum(-number for number in excess if number < 0), sum(number for number in excess if number > 0)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--minutes", type=int, default=5)
    main(options.parse_args().minutes)
