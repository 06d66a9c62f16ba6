"""A PostgreSQL server of the tests' own, in a temporary folder, from Debian's packages."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def installed() -> bool:
    return bool(PROGRAMS)


@contextmanager
def server() -> Iterator[str]:
    """Its address, as DATABASE_URL wants it."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    port = free_port()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
    _run("initdb", "-D", str(folder / "data"), "-U", "bot", "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    _run("pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "log"), "-w", "-o", options, "start")
    try:
        yield f"postgresql://bot@127.0.0.1:{port}/postgres"
    finally:
        _run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(folder)


def size(url: str) -> int:
    """Bytes of the database on disk."""
    command = [str(PROGRAMS[-1] / "psql"), "-At", "-c", "SELECT pg_database_size(current_database())", url]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def dump(url: str) -> str:
    """Every row of every table, as pg_dump writes it."""
    command = [str(PROGRAMS[-1] / "pg_dump"), "--data-only", url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _run(program: str, *arguments: str) -> None:
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*as_user, str(PROGRAMS[-1] / program), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
