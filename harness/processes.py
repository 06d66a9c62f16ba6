"""Starts the real processes on free ports with their own databases, for tests that use them over the network."""

import json
import operator
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from textwrap import shorten
from typing import Any

import sqlalchemy

from harness import signals
from harness.migrated import migrated

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 300
# The state of a connection in /proc/net/tcp.
ESTABLISHED = "01"
COMMANDS = {
    "web": [
        "uvicorn", "web.asgi:application", "--host", "127.0.0.1", "--port", "{WEB_PORT}", "--ws", "none",
        "--{PROXY}proxy-headers", "--log-level", "warning",
    ],
    "bot": ["bot"],
    "worker": ["manage", "version_worker"],
}  # fmt: skip
# The variable with the port of a process of this kind. The worker has none, and is only started where it is needed.
PORT = {"web": "WEB_PORT", "bot": "RASA_PORT"}


class Processes:
    """The processes of `make run`, each of which a test may kill and start again."""

    def __init__(self, folder: Path, database_url: str | None = None, copies: int = 1) -> None:
        """Databases: two SQLite files in `folder`, or one on a server for everything.

        With `copies`, that many processes of each kind, « web », « web-2 »…, for a proxy.
        """
        self.folder = folder
        self.names = [name if n == 1 else f"{name}-{n}" for name in PORT for n in range(1, copies + 1)]
        self.ports = {name: str(free_port()) for name in self.names}
        self.env = os.environ | {variable: self.ports[kind] for kind, variable in PORT.items()} | {
            "RASA_URL": self._urls("bot"),
            "DJANGO_SETTINGS_MODULE": "harness.settings",
            "PROXY": "no-" if copies == 1 else "",
            "RASA_DATABASE_URL": database_url or f"sqlite:///{folder / 'rasa.sqlite3'}",
            "DATABASE_URL": database_url or f"sqlite:///{folder / 'pixmania.sqlite3'}",
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "CONSOLE_INDEX_SECONDS": "0.5",
            # High limits, because all customers of a test share one address. The limits have their own tests.
            "CHAT_LIMIT_OPENINGS": "100000/60",
            "CHAT_LIMIT_ADDRESS": "100000/60",
            "CHAT_LIMIT_PHOTOS_ADDRESS": "100000/60",
            # As with `make run`, because a test's agent has no authenticator app.
            "CONSOLE_SECOND_FACTOR": "optional",
            # The port of a shop on another origin, which may use the chat.
            "SHOP_PORT": (shop_port := str(free_port())),
            "CHAT_ORIGINS": f"http://127.0.0.1:{shop_port}",
        }  # fmt: skip
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        # The processes that were started with additional settings.
        self._altered: set[str] = set()

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.env['WEB_PORT']}"

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` and return its output.

        Skip the system checks, whose imports take most of the time; `shell` has no option for that.
        """
        unchecked = [] if arguments[0] == "shell" else ["--skip-checks"]
        command = [sys.executable, "manage.py", *arguments, *unchecked]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True).stdout

    def prepare_database(self) -> None:
        if self.env["DATABASE_URL"].startswith("sqlite"):
            (self.folder / "pixmania.sqlite3").write_bytes(migrated())
        else:
            self.manage("migrate", "--verbosity", "0")
        self.manage("demo", "--load")

    def _urls(self, kind: str) -> str:
        return ",".join(f"http://127.0.0.1:{self.ports[name]}" for name in self.names if kind_of(name) == kind)

    def start(self, name: str, **settings: str) -> int:
        """Start it with additional settings; return its process id."""
        kind = kind_of(name)
        env = self.env | settings | ({PORT[kind]: self.ports[name]} if kind in PORT else {})
        command = [sys.executable, "-m", *(part.format(**env) for part in COMMANDS[kind])]
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        self._altered = self._altered | {name} if settings else self._altered - {name}
        return self._running[name].pid

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self, name: str) -> None:
        """Terminate the process as a deployment does: it may finish its current work."""
        process = self._running.pop(name)
        process.terminate()
        process.wait(START_SECONDS)

    def freeze(self, name: str) -> None:
        """Suspend the process: it stops answering, but its port stays open."""
        self._running[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        self._running[name].send_signal(signal.SIGCONT)

    @contextmanager
    def killed(self, name: str) -> Iterator[None]:
        """Kill it, and start it again at the end of the context. The caller waits until it is healthy."""
        self.kill(name)
        try:
            yield
        finally:
            self.start(name)

    def frozen(self, name: str) -> AbstractContextManager[None]:
        return signals.frozen(lambda: [self.pid(name)])

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)

    def heal(self) -> None:
        """Undo what a test that failed half-way left behind: processes killed, suspended or with other settings."""
        for name in self.names:
            process = self._running.get(name)
            if process and process.poll() is None and name not in self._altered:
                self.resume(name)
                continue
            if process:
                self.kill(name)
            self.start(name)
        self.wait_until_healthy()

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def wait_until_healthy(self) -> None:
        """Wait until every process of every kind is healthy."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if all(self._are_all_healthy(name) for name in self.names if kind_of(name) == "web"):
                return
            time.sleep(0.2)  # polling interval
        logs = "\n".join(self.log(name).read_text()[-2000:] for name in self.names)
        raise TimeoutError(f"not healthy after {START_SECONDS} s: {self.health()}\n{logs}")

    def rasa_messages(self, conversation: str) -> list[str]:
        """The messages of this conversation in Rasa's own store."""
        query = "SELECT data FROM events WHERE sender_id = :sender AND type_name = 'user' ORDER BY id"
        engine = sqlalchemy.create_engine(self.env["RASA_DATABASE_URL"])
        with engine.connect() as store:
            rows = store.execute(sqlalchemy.text(query), {"sender": conversation}).all()
        engine.dispose()
        return [json.loads(data)["text"] for (data,) in rows]

    def _are_all_healthy(self, web: str) -> bool:
        """Whether the health page reports every process as healthy; its status is 200 if one of each kind is."""
        status, page = get_json(f"http://127.0.0.1:{self.ports[web]}/healthz")
        return status == 200 and set(page["parts"].values()) == {"ok"}

    def health(self) -> tuple[int, Any]:
        return get_json(f"{self.web_url}/healthz")

    def post(self, body: bytes) -> tuple[int, Any]:
        return get_json(f"{self.env['RASA_URL']}/webhooks/rest/webhook", body)

    def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        status, replies = self.post(json.dumps({"sender": sender, "message": text}).encode())
        assert status == 200, replies
        return replies


@contextmanager
def running(folder: Path, database_url: str | None = None, copies: int = 1, **settings: str) -> Iterator[Processes]:
    """All processes with the demo data; killed at the end."""
    processes = Processes(folder, database_url, copies)
    processes.env |= settings
    with started(processes):
        yield processes


def of_make_run() -> Processes:
    """The processes of a running `make run`, which tests may use but not break. The Makefile sets their ports."""
    processes = Processes(ROOT / "var")
    processes.env = {"WEB_PORT": "8000", "RASA_URL": "http://127.0.0.1:5005"} | os.environ
    return processes


@contextmanager
def started(processes: Processes) -> Iterator[Processes]:
    """Start these processes with the demo data; kill them at the end."""
    processes.prepare_database()
    for name in processes.names:
        processes.start(name)
    try:
        processes.wait_until_healthy()
        yield processes
    finally:
        processes.stop()


@contextmanager
def web_alone(processes: Processes, rows: str = "") -> Iterator[Processes]:
    """Start only its web process, for pages that need no bot; `rows`: Python that fills the database first."""
    processes.prepare_database()
    if rows:
        processes.manage("shell", "--verbosity", "0", "--command", rows)
    processes.start("web")
    try:
        wait_for(lambda: get_json(f"{processes.web_url}/healthz")[0])
        yield processes
    finally:
        processes.stop()


def kind_of(name: str) -> str:
    """« web-2 » is a web process."""
    return name.split("-")[0]


def wait_for(condition: Callable[[], Any], timeout: float = 60, equal_to: Any = None) -> None:
    """Wait until the condition holds or has this value. A TimeoutError after `timeout` seconds shows the last one."""
    holds = bool if equal_to is None else partial(operator.eq, equal_to)
    deadline = time.monotonic() + timeout
    while not holds(value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout} s: the last value was {shorten(repr(value), 300)}")
        time.sleep(0.1)  # polling interval


def unread(port: str) -> int:
    """Bytes sent to this local port that its process has not read yet."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(int(sizes.split(":")[1], 16) for _, local, _, state, sizes, *_ in lines
               if local.endswith(f":{int(port):04X}") and state == ESTABLISHED)  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get_json(url: str, body: bytes | None = None) -> tuple[int, Any]:
    """(status, JSON); (0, the error) without a response."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")
    except OSError as fault:
        return 0, str(fault)
