"""One process of each kind compared with two, on PostgreSQL behind nginx: throughput through the chat API."""

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.load import AS_SERVED, ChatCustomer, Load
from bench.performance import SECONDS, WARM_UP_SECONDS, figures, load
from bench.table import Table
from harness import nginx, postgres
from harness.processes import kind_of, running

CLIENTS = 32
COPIES = {1: "one web and one bot process", 2: "two of each"}


@contextmanager
def before(copies: int) -> Iterator[nginx.Proxy]:
    """The proxy of a deployment with this many processes of each kind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # Through nginx, all customers share one address; harness/processes.py switches off its rate limit.
        processes = stack.enter_context(running(folder, stack.enter_context(postgres.server()), copies, **AS_SERVED))
        webs = [port for name, port in processes.ports.items() if kind_of(name) == "web"]
        yield stack.enter_context(nginx.before(webs, folder))


def customers_of(proxy: nginx.Proxy) -> type[ChatCustomer]:
    """A customer that trusts the deployment's certificate."""
    context = ssl.create_default_context(cafile=proxy.certificate)

    class Customer(ChatCustomer):
        def _call(self, method: str, path: str, **options: Any) -> Any:
            return super()._call(method, path, ssl=context, **options)

    return Customer


def measure(copies: int, seconds: float) -> Load:
    with before(copies) as proxy:
        load(customers_of(proxy), proxy.url, 4, WARM_UP_SECONDS)
        return load(customers_of(proxy), proxy.url, CLIENTS, seconds)


def main(seconds: float = SECONDS) -> None:
    if not nginx.installed():
        print("\nNot measured, two processes of each kind: nginx is not installed (Debian: nginx).")
        return
    headings = ["messages per second", "p50, ms", "p95, ms", "p99, ms"]
    table = Table(f"the chat API at {CLIENTS} clients, nginx, PostgreSQL", headings)
    for copies, label in COPIES.items():
        table.row(label, *figures(measure(copies, seconds)))
    table.print()
