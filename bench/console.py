"""`python -m bench.console`: the console at 100,000 conversations and a million messages, on SQLite and on PostgreSQL.

Milliseconds are the time of Django's response, without the network. Processor time is that of the Django process,
without PostgreSQL's processes. The queries of each page are also counted at 1,000 conversations, because their number
must not grow.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness import postgres
from harness.project import ROOT

FEW = 1_000
# A lead's account opens the pages; by default, it would need a second factor.
OPEN = {"CONSOLE_SECOND_FACTOR": "optional"}


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The environment variables of an empty database of this kind."""
    if kind == "postgresql":
        with postgres.server() as url:
            yield os.environ | OPEN | {"DATABASE_URL": url}
        return
    with tempfile.TemporaryDirectory() as folder:
        yield os.environ | OPEN | {"DATABASE_URL": f"sqlite:///{folder}/console.sqlite3"}


def run(environment: dict[str, str], *command: str) -> str:
    command = (sys.executable, *command)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return done.stdout


def fill(environment: dict[str, str], count: int) -> float:
    """Fill the database; return the seconds that it took."""
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    run(environment, "manage.py", "demo", "--load")
    begun = time.perf_counter()
    run(environment, "-m", "bench.conversations", str(count))
    return time.perf_counter() - begun


def measure(kind: str, count: int) -> dict[str, Any]:
    with database(kind) as environment:
        fill(environment, FEW)
        few = json.loads(run(environment, "-m", "bench.pages"))
    with database(kind) as environment:
        seconds = fill(environment, count)
        pages = json.loads(run(environment, "-m", "bench.pages"))
        indexing = json.loads(run(environment, "-m", "bench.indexing"))
        path = Path(environment["DATABASE_URL"].removeprefix("sqlite:///"))
        size = path.stat().st_size if path.exists() else postgres.size(environment["DATABASE_URL"])
    return {"pages": pages, "few": few, "indexing": indexing, "filled in": seconds, "size": size}


def table(kind: str, found: dict[str, Any]) -> None:
    print(f"\n{kind}: filled in {found['filled in']:.0f} s, {found['size'] / 1e6:,.0f} MB")
    print(f"  {'page':<28} {'median ms':>10} {'p95 ms':>8} {'CPU ms':>8} {'queries':>8} {f'at {FEW}':>8}")
    for name, (times, work, queries) in found["pages"].items():
        figures = (statistics.median(times), statistics.quantiles(times, n=20)[-1], statistics.median(work))
        median, p95, cpu = (f"{figure:.0f}" for figure in figures)
        print(f"  {name:<28} {median:>10} {p95:>8} {cpu:>8} {queries:>8} {found['few'][name][2]:>8}")
    rate = found["indexing"]["messages"] / found["indexing"]["seconds"]
    print(f"  the indexer reads {rate:.0f} messages a second")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--conversations", type=int, default=100_000)
    options.add_argument("--database", choices=["sqlite", "postgresql"], nargs="*", default=["sqlite", "postgresql"])
    chosen = options.parse_args()
    for one in chosen.database:
        table(one, measure(one, chosen.conversations))
