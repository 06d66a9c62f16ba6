"""`python -m bench.streams`: the load of fifty open inboxes, idle and with a customer's message per second.

The simulated inboxes do what console/static/console/inbox.js does: each has one stream, and reloads the changed parts
of its page, one after the other. Every agent answers one customer, whose conversation the page shows. No bot is needed.
The figures are those of one web process, on SQLite and on PostgreSQL.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import aiohttp

from bench.process_stats import memory
from bench.table import Table
from harness import postgres
from harness.chat_client import ChatClient
from harness.processes import Processes, web_alone

# Creates one agent per conversation, who answers it; prints the agents' session keys.
AGENTS = """
import json
from django.contrib.auth.models import Group, User
from django.test import Client
from chat import takeover, team
from console.roles import ROLES
keys = []
for number, conversation in enumerate({conversations}):
    user = User.objects.create_user(f"agent{{number}}")
    user.groups.set([Group.objects.get(name=ROLES["review"])])
    client = Client()
    client.force_login(user)
    team.mark_present(user, True)
    takeover.take(conversation, user)
    keys.append(client.cookies["sessionid"].value)
print(json.dumps(keys))
"""
PRESENCE_SECONDS = 20.0
CSRF = "c" * 32
INBOX = "/console/boite"
TICKS = os.sysconf("SC_CLK_TCK")
# Part of the page → the address that reloads it.
PARTS = {"list": "liste?onglet=miennes", "talk": "{}/", "people": "{}/collegues"}


@dataclass
class Inbox:
    """An agent's open page. `texts`: each part as last loaded; `versions`: what the stream last sent, by part."""

    web_url: str
    session: str
    customer: ChatClient
    loads: int = 0
    failed: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def conversation(self) -> uuid.UUID:
        return uuid.UUID(self.customer.token.split(":")[0])

    async def run(self) -> None:
        cookies, timeout = {"sessionid": self.session, "csrftoken": CSRF}, aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(self.web_url, cookies=cookies, timeout=timeout) as client:
            await asyncio.gather(*(act(client) for act in (self._listen, self._refresh, self._be_present)))

    async def _listen(self, client: aiohttp.ClientSession) -> None:
        async with client.get(f"{INBOX}/flux?onglet=miennes&c={self.conversation.hex}") as answer:
            answer.raise_for_status()
            is_change = False
            async for line in answer.content:
                if is_change:
                    self.versions = json.loads(line.removeprefix(b"data: "))
                    self.changed.set()
                is_change = line == b"event: change\n"

    async def _refresh(self, client: aiohttp.ClientSession) -> None:
        loaded: dict[str, str] = {}
        while True:
            await self.changed.wait()
            self.changed.clear()
            for part in [one for one in PARTS if loaded.get(one) != self.versions[one]]:
                loaded[part] = self.versions[part]
                async with client.get(f"{INBOX}/{PARTS[part].format(self.conversation)}") as answer:
                    self.texts[part] = await answer.text()
                self.loads += 1
                if not answer.ok:  # load it again, like the browser
                    self.failed += 1
                    loaded.pop(part)
                    self.changed.set()

    async def _be_present(self, client: aiohttp.ClientSession) -> None:
        while True:
            await client.post(f"{INBOX}/presence", data={"disponible": "1"}, headers={"X-CSRFToken": CSRF})
            await asyncio.sleep(PRESENCE_SECONDS)


@dataclass(frozen=True)
class Measured:
    """The web process's share of a core, loads per second, and the seconds until each message was shown."""

    cpu: float
    loads: float
    delays: list[float]


async def measure(inboxes: list[Inbox], pid: int, seconds: float, messages: bool) -> Measured:
    chance = random.Random(1)
    begun, used, loads = time.perf_counter(), _cpu(pid), sum(one.loads for one in inboxes)
    delays: list[float] = []
    writing: list[asyncio.Task[None]] = []
    while (passed := time.perf_counter() - begun) < seconds:
        if messages:
            one = chance.choice(inboxes)
            writing.append(asyncio.create_task(_write(one, f"message {len(writing)} de {one.session}", delays)))
        await asyncio.sleep(max(0, len(writing) + 1 - passed) if messages else seconds)
    await asyncio.gather(*writing)
    passed = time.perf_counter() - begun
    return Measured((_cpu(pid) - used) / passed, (sum(one.loads for one in inboxes) - loads) / passed, delays)


async def _write(inbox: Inbox, text: str, delays: list[float]) -> None:
    """The customer writes; wait until the agent's page shows it."""
    begun = time.perf_counter()
    answer = await asyncio.to_thread(inbox.customer.post, text)
    assert answer.status == 202, answer.raw
    while text not in inbox.texts.get("talk", ""):
        await asyncio.sleep(0.01)  # polling interval
    delays.append(time.perf_counter() - begun)


async def compare(processes: Processes, count: int, seconds: float, table: Table, kind: str) -> None:
    pid = processes.pid("web")
    customers = [ChatClient(processes.web_url).open() for _ in range(count)]
    ids = [one.token.split(":")[0] for one in customers]
    keys = json.loads(processes.manage("shell", "--verbosity", "0", "--command", AGENTS.format(conversations=ids)))
    before = memory(pid)
    inboxes = [Inbox(processes.web_url, key, one) for key, one in zip(keys, customers, strict=True)]
    pages = []
    for one in inboxes:
        pages.append(asyncio.create_task(one.run()))
        await asyncio.sleep(0.4)  # agents open their inboxes one after the other
    while any(len(one.texts) < len(PARTS) for one in inboxes):
        await asyncio.sleep(0.1)  # polling interval
        for page in pages:
            if page.done():
                page.result()
    await asyncio.sleep(10)  # until presence is published to all
    for name, messages in (("at rest", False), ("a message a second", True)):
        found = await measure(inboxes, pid, seconds, messages)
        delays = sorted(found.delays) or [0.0]
        failed, shown = (
            sum(one.failed for one in inboxes),
            f"{median(delays):.2f} · {delays[int(0.95 * len(delays))]:.2f}",
        )
        figures = (f"{found.cpu:.1%}", f"{found.loads:.1f}", str(failed), f"{memory(pid) - before:+.0f}")
        table.row(f"{kind}, {name}", *figures, shown if messages else "–")
    for page in pages:
        page.cancel()


def _cpu(pid: int) -> float:
    """The process's processor time in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def web(kind: str) -> Iterator[Processes]:
    server = postgres.server() if kind == "PostgreSQL" else nullcontext()
    with (
        tempfile.TemporaryDirectory() as folder,
        server as address,
        web_alone(Processes(Path(folder), address)) as processes,
    ):
        yield processes


def main(count: int, seconds: float) -> None:
    table = Table(f"{count} inboxes", ["of a core", "loads a second", "failed", "MB", "shown after s, median · 95 %"])
    for kind in ("SQLite", "PostgreSQL"):
        with web(kind) as processes:
            asyncio.run(compare(processes, count, seconds, table, kind))
    table.print()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--inboxes", type=int, default=50)
    options.add_argument("--seconds", type=float, default=30)
    chosen = options.parse_args()
    main(chosen.inboxes, chosen.seconds)
