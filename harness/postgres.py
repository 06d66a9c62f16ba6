"""A temporary PostgreSQL server for tests, from Debian's packages."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from harness.deploy_files import SERVICES
from harness.processes import free_port
from harness.signals import family

# The log settings of deploy/compose.yml, as « name=value ».
LOGGING = SERVICES["postgres"]["command"][2::2]
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def installed() -> bool:
    return bool(PROGRAMS)


class Server:
    """A server that a test may stop and start again."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.log = folder / "log"
        self.url = self._url("postgres")
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres")
        _run("initdb", "--no-sync", "-D", str(folder / "data"), "-U", "bot", "-A", "trust", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        settings = " ".join(f"-c {setting}" for setting in ["listen_addresses=127.0.0.1", "fsync=off", *LOGGING])
        options = f"-p {self._port} -k {self._folder} {settings}"
        self._control("-l", str(self.log), "-w", "-o", options, "start")

    def new_database(self) -> str:
        """Create an empty database on this server; return its URL."""
        name = f"test_{uuid4().hex}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        return self._url(name)

    def _url(self, database: str) -> str:
        return f"postgresql://bot@127.0.0.1:{self._port}/{database}"

    def stop(self) -> None:
        """Stop immediately, as when a machine is switched off: uncommitted data is lost."""
        self._control("-m", "immediate", "stop")

    def pids(self) -> list[int]:
        """Its processes, including one per connection."""
        return family(int((self._folder / "data" / "postmaster.pid").read_text().split()[0]))

    def _control(self, *arguments: str) -> None:
        _run("pg_ctl", "-D", str(self._folder / "data"), *arguments)


@contextmanager
def server() -> Iterator[str]:
    """A server with an empty database; yields the database's URL."""
    with stoppable() as one:
        yield one.url


@contextmanager
def stoppable() -> Iterator[Server]:
    """A running server."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    one = Server(folder)
    one.start()
    try:
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder)


def size(url: str) -> int:
    """Size of the database on disk, in bytes."""
    command = [str(PROGRAMS[-1] / "psql"), "-At", "-c", "SELECT pg_database_size(current_database())", url]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def dump(url: str) -> str:
    """Every row of every table, as pg_dump writes it."""
    command = [str(PROGRAMS[-1] / "pg_dump"), "--data-only", url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def backup(url: str, file: Path) -> None:
    """The backup command of docs/operations.md."""
    _client("pg_dump", "--format=custom", f"--file={file}", url)


def restore(url: str, file: Path) -> None:
    """The restore command of docs/operations.md; it replaces the existing database."""
    _client("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", f"--dbname={url}", str(file))


def _client(program: str, *arguments: str) -> None:
    subprocess.run([str(PROGRAMS[-1] / program), *arguments], check=True, capture_output=True)


def _run(program: str, *arguments: str) -> None:
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*as_user, str(PROGRAMS[-1] / program), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
