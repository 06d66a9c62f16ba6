"""Two deployments for fault injection: one machine as with `make run`, and several processes as in deploy/."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import model_checksum
from harness import nginx, postgres
from harness.load_clients import LoadClients
from harness.processes import ROOT, Processes, started
from harness.relay import Relay, slow_connection

DISK_MEGABYTES = 96
# High limits, because load clients send as soon as they are answered.
BUSY = {"CHAT_LIMIT_MESSAGES": "100000/60"}


@dataclass
class Deployment:
    """A running deployment: the addresses for customers, and handles for breaking its parts."""

    processes: Processes
    url: str
    certificate: str | None = None
    database: postgres.Server | None = None
    proxy: nginx.Proxy | None = None
    # Process → the relay to it, which can delay its responses.
    lines: dict[str, Relay] = field(default_factory=dict)

    def pids(self, name: str) -> list[int]:
        """Process ids of one of our processes, or of all those of « database » or « proxy »."""
        server = {"database": self.database, "proxy": self.proxy}.get(name)
        return server.pids() if server else [self.processes.pid(name)]

    def clients(self, size: int, **options: Any) -> LoadClients:
        return LoadClients(self.url, size, self.certificate, **options)


def small_disk_possible() -> bool:
    """Whether a small disk can be mounted here; in a container, even root may not."""
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True).returncode:
            return False
        subprocess.run(["umount", folder], check=True)
        return True


@contextmanager
def one_machine(folder: Path) -> Iterator[Deployment]:
    """SQLite on a disk that can be filled, a model that can be removed, a delayable connection to the bot."""
    with ExitStack() as stack:
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", disk], check=True)
        stack.callback(subprocess.run, ["umount", "--lazy", disk], check=True)
        processes = Processes(disk)
        processes.env |= BUSY | {"MODEL": str(folder / "model.tar.gz")}
        for copy in (model_checksum.MODEL, model_checksum.checksum_path(model_checksum.MODEL)):
            shutil.copy(ROOT / copy, folder / copy.name.replace("pixmania", "model"))
        line = stack.enter_context(slow_connection(processes.ports["bot"]))
        processes.env["RASA_URL"] = f"http://127.0.0.1:{line.port}"
        yield Deployment(stack.enter_context(started(processes)), processes.web_url, lines={"bot": line})


@contextmanager
def several_processes(folder: Path) -> Iterator[Deployment]:
    """PostgreSQL, nginx with TLS, two web and two bot processes."""
    with ExitStack() as stack:
        database = stack.enter_context(postgres.stoppable())
        processes = Processes(folder, database.url, copies=2)
        processes.env |= BUSY
        stack.enter_context(started(processes))
        webs = [processes.ports[name] for name in ("web", "web-2")]
        proxy = stack.enter_context(nginx.before(webs, folder))
        yield Deployment(processes, proxy.url, proxy.certificate, database, proxy)
