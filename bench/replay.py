"""`python -m bench.replay 2000`: how long a replay takes, on conversations in which customers rarely write the same.

A conversation has five typed messages: training lines of any topic, each in the context of the previous message. 85 of
100 get a random typo, so that nearly no text occurs twice; the others are repeated, like « merci » and « oui ». Real
customers repeat more texts: numbers, greetings, answers to a form. The candidate is the installed model with a slightly
different bias of each question, so that some answers change.

`--kill`: the replay is killed twice (SIGKILL) and resumes; it must find the same changes as an uninterrupted one.
"""

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bot import model_checksum
from harness.models import with_other_bias
from harness.processes import wait_for
from harness.project import ROOT

DAYS = 390
TYPED = 5
# The share of messages without a typo, which may occur several times.
SAME = 0.15
# Number of conversations per transaction.
CHUNK = 1_000
# Standard deviation of the noise that is added to the candidate's bias.
DEVIATION = 0.3


def fill(count: int) -> None:
    """Requires Django with an empty, migrated database."""
    from django.db import transaction

    from bench.conversations import questions_by_topic

    lines, rng, now = questions_by_topic(), random.Random(20261129), datetime.now(UTC)
    for first in range(0, count, CHUNK):
        with transaction.atomic():
            _fill([now - timedelta(days=DAYS * n / count) for n in range(first, min(first + CHUNK, count))], lines, rng)


def _fill(moments: list[datetime], lines: dict[str, list[tuple[str, str]]], rng: random.Random) -> None:
    from chat.models import Conversation
    from console.models import Thread, Turn

    keys = [uuid.UUID(int=rng.getrandbits(128), version=4) for _ in moments]
    chats = Conversation.objects.bulk_create(
        Conversation(id=key, expires_at=at, address="") for key, at in zip(keys, moments, strict=True)
    )
    threads = Thread.objects.bulk_create(
        Thread(sender=chat.pk.hex, chat=chat, started_at=at, last_at=at)
        for chat, at in zip(chats, moments, strict=True)
    )
    Turn.objects.bulk_create(
        Turn(
            thread=thread, seq=2 * place + 1, at=thread.started_at + timedelta(seconds=place), text=written(line, rng),
            intent=question.partition("/")[0], confidence=0.9, slots={"question": question},
            replies=[{"name": f"utter_{question}"}], entities=[{"entity": "question", "value": question}],
        )
        for thread in threads
        for place, (question, line) in enumerate(rng.choice(lines[rng.choice(list(lines))]) for _ in range(TYPED))
    )  # fmt: skip


def written(line: str, rng: random.Random) -> str:
    """The line, mostly with a typo: two letters swapped, and one left out."""
    if rng.random() < SAME or len(line) < 4:
        return line
    place, left_out = rng.randrange(len(line) - 1), rng.randrange(len(line))
    mistyped = line[:place] + line[place + 1] + line[place] + line[place + 2 :]
    return mistyped[:left_out] + mistyped[left_out + 1 :]


def measure(kill: bool) -> None:
    from console.models import Replay, Version

    installed = Path(os.environ["MODEL"])
    folder = installed.parent / "versions"
    folder.mkdir()
    rng = np.random.default_rng(20261129)
    with_other_bias(installed, folder / "new", lambda _, first, bias: _add_noise(bias[first:], rng))
    sha256 = model_checksum.digest(folder / "new")
    (folder / "new").rename(folder / f"{sha256}.tar.gz")
    replay = Replay.objects.create(version=Version.objects.create(number=1, sha256=sha256, state="ready"))
    begun = time.perf_counter()
    for share in (1 / 3, 2 / 3) if kill else ():
        _kill_after(replay, share)
    subprocess.run([sys.executable, "-m", "replay", "1"], cwd=ROOT, check=True)
    seconds, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    replay.refresh_from_db()
    cpu = used.ru_utime + used.ru_stime
    print(f"{replay.state}: {replay.conversations:,} conversations, {replay.messages:,} messages: {seconds:,.0f} s;")
    print(f"{replay.changed:,} answers change, in {replay.differences.count():,} wordings")
    if kill:  # the processor time below would not contain that of the killed processes' lost work
        return
    print(f"{cpu:,.0f} s of a core with both models' loading, {1000 * cpu / replay.messages:.1f} ms a message;")
    print(f"100,000 such conversations: {cpu / replay.conversations * 100_000 / 2 / 60:.0f} minutes of two cores")


def _add_noise(bias: np.ndarray, rng: np.random.Generator) -> None:
    bias += rng.normal(0, DEVIATION, len(bias))


def _kill_after(replay: Any, share: float) -> None:
    """Start the replay, and kill it once this share of the conversations is done."""
    from django.db.models import F

    from console.models import Replay

    process = subprocess.Popen([sys.executable, "-m", "replay", "1"], cwd=ROOT, start_new_session=True)
    rows = Replay.objects.filter(pk=replay.pk)
    wait_for(lambda: rows.filter(total__gt=0, conversations__gte=F("total") * share).exists(), 3600)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    print(f"killed after {rows.get().conversations:,} conversations")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("conversations", type=int, nargs="?", default=2_000)
    options.add_argument("--kill", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("pixmania.tar.gz", "pixmania.tar.gz.sha256"):
            shutil.copy(ROOT / "models" / name, folder)
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/replay.sqlite3",
            "MODEL": f"{folder}/pixmania.tar.gz",
            "DJANGO_SETTINGS_MODULE": "web.settings",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        fill(chosen.conversations)
        measure(chosen.kill)
