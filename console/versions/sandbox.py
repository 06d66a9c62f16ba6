"""Sandboxed bots with demo orders, with which the worker plays conversations to compare models.

Each is a real bot process on loopback with its own database, so its answers are those that customers would get.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console import bot_data

START_SECONDS, ANSWER_SECONDS = 180, 60
# Time limit for all conversations, which take some three minutes on two idle cores.
MAX_SECONDS = 30 * 60
AT_ONCE = 4

# A reply as bot/output_channel.py describes it.
Reply = dict[str, Any]
# {conversation: the replies to each of its messages}
Played = dict[str, list[list[Reply]]]


class NotPlayed(Exception):
    """The message says why, in French."""


@dataclass(frozen=True)
class Bot:
    """A bot process on loopback."""

    port: int
    secret: str

    def answer(self, conversation: str, text: str) -> list[Reply]:
        """The replies to a text, or to a button's payload. Raises OSError."""
        said = {"payload" if text.startswith("/") else "text": text}
        body = {"conversation": conversation, "message_id": uuid.uuid4().hex, **said}
        answered: list[Reply] = self._ask("messages", ANSWER_SECONDS, json.dumps(body).encode())["replies"]
        return answered

    def is_healthy(self) -> bool:
        try:
            return bool(self._ask("health", 5)["model"])
        except (OSError, ValueError):
            return False

    def _ask(self, what: str, seconds: float, body: bytes | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/webhooks/chat/{what}", body, headers)
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


@contextmanager
def bots(models: Sequence[tuple[Path, str]]) -> Iterator[tuple[list[Bot], list[dict[str, Any]]]]:
    """(a bot for each model's file and SHA-256, the demo orders that all of them know). Raises NotPlayed."""
    with tempfile.TemporaryDirectory(prefix="sandbox-") as name, ExitStack() as running:
        shop = Path(name) / "shop.sqlite3"
        orders = _demo_orders(shop)
        begun = [running.enter_context(_bot(*model, shop, place)) for place, model in enumerate(models)]
        deadline = time.monotonic() + START_SECONDS
        for bot, process in begun:
            while not bot.is_healthy():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise NotPlayed("un bot d’essai n’a pas démarré")
                time.sleep(0.5)
        yield [bot for bot, _ in begun], orders


def play(models: Sequence[Bot], conversations: Mapping[str, Sequence[str]]) -> list[Played]:
    """Each bot's answers to these conversations. Several conversations are played at the same time.

    The bots play a conversation shortly after each other, because replies can depend on the time.

    Raises NotPlayed.
    """
    deadline = time.monotonic() + MAX_SECONDS

    def talk(bot: Bot, name: str) -> list[list[Reply]]:
        if time.monotonic() > deadline:
            raise NotPlayed("les jouer a pris trop de temps")
        # The same id for each bot, because nothing but the model may differ.
        key = uuid.uuid5(uuid.NAMESPACE_OID, name).hex
        return [bot.answer(key, text) for text in conversations[name]]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [[pool.submit(talk, bot, name) for bot in models] for name in conversations]
        try:
            answers = [[one.result() for one in both] for both in asked]
        except (OSError, ValueError, NotPlayed) as fault:
            pool.shutdown(cancel_futures=True)
            raise fault if isinstance(fault, NotPlayed) else NotPlayed("un bot d’essai n’a pas répondu") from fault
    return [dict(zip(conversations, of_bot, strict=True)) for of_bot in zip(*answers, strict=True)]


def _demo_orders(database: Path) -> list[dict[str, Any]]:
    """Create a shop with the demo orders, and list them."""
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{database}"}

    def manage(*arguments: str) -> str:
        command = [sys.executable, str(bot_data.ROOT / "manage.py"), *arguments, "--skip-checks"]
        try:
            return subprocess.run(
                command, cwd=bot_data.ROOT, env=environment, check=True, capture_output=True, text=True
            ).stdout
        except subprocess.CalledProcessError as fault:
            raise NotPlayed("les commandes d’essai n’ont pas pu être créées") from fault

    manage("migrate", "--verbosity", "0")
    manage("demo", "--load")
    orders: list[dict[str, Any]] = json.loads(manage("demo", "--json"))
    return orders


@contextmanager
def _bot(model: Path, sha256: str, shop: Path, place: int) -> Iterator[tuple[Bot, subprocess.Popen[bytes]]]:
    database = shop.with_name(f"{place}.sqlite3")
    shutil.copy(shop, database)
    bot = Bot(_free_port(), secrets.token_hex(32))
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}", "RASA_DATABASE_URL": f"sqlite:///{database}.rasa",
        "BOT_SECRET": bot.secret, "RASA_HOST": "127.0.0.1", "RASA_PORT": str(bot.port),
        "MODEL": str(model.resolve()), "MODEL_SHA256": sha256,
    }  # fmt: skip
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"], cwd=bot_data.ROOT, env=environment, stdout=quiet, stderr=quiet
    )
    try:
        yield bot, process
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
