"""`python -m bench.promotion`: puts a version into service and rolls it back while 20 customers write."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.table import Table
from harness.deployments import BUSY, Deployment, several_processes
from harness.processes import running
from harness.promotion import CUSTOMERS, model_in, promoted

HEADINGS = ["seconds", "answers", "posted within, s", "first response within, s"]


@contextmanager
def one_of_each(folder: Path) -> Iterator[Deployment]:
    """SQLite, one web and one bot process."""
    with running(folder, **BUSY) as processes:
        yield Deployment(processes, processes.web_url)


def main() -> None:
    for title, installation in (
        ("one process of each, SQLite", one_of_each),
        ("two of each, PostgreSQL, nginx", several_processes),
    ):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            os.environ |= model_in(folder)
            with installation(folder) as deployment:
                found = promoted(deployment)
        table = Table(f"{title}, {CUSTOMERS} customers", HEADINGS)
        for step in found.steps:
            table.row(step.name, step.seconds, str(step.answers), step.slowest_post, step.first_response)
        table.print()
        print(f"\n{found.delivery}; read besides answers: {found.notices or 'nothing'}")


if __name__ == "__main__":
    main()
