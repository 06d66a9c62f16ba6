"""One Rasa process beside two, on PostgreSQL, in one run: how many messages a second the whole way takes."""

import tempfile
from pathlib import Path

from bench.load import OWN_ADDRESSES, ChatCustomer
from bench.performance import SECONDS, WARM_UP_SECONDS, figures, load
from bench.table import Table
from tests import postgres
from tests.processes import running

CLIENTS = 32


def main(seconds: float = SECONDS) -> None:
    headings = ["messages a second", "p50, ms", "p95, ms", "p99, ms"]
    table = Table(f"the chat API at {CLIENTS} clients, PostgreSQL", headings)
    for copies in (1, 2):
        with (
            tempfile.TemporaryDirectory() as folder,
            postgres.server() as url,
            running(Path(folder), url, copies, **OWN_ADDRESSES) as processes,
        ):
            load(ChatCustomer, processes.web_url, 4, WARM_UP_SECONDS)
            found = load(ChatCustomer, processes.web_url, CLIENTS, seconds)
        table.row(f"{copies} Rasa, {copies} action process{'es' if copies > 1 else ''}", *figures(found))
    table.print()
