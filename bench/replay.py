"""`python -m bench.replay 2000`: how long a replay takes, on conversations in which customers rarely write the same.

Five typed messages a conversation, from the training lines of one topic. Nearly all get a typo, so that neither their
reading nor the encoder's vector is cached. The installed model is compared with itself: deciding about differences is
cheap compared with reading.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness.project import ROOT

DAYS = 390
TYPED = 5
# The share of messages that repeat, as « merci » and « oui » do.
SAME = 0.15


def fill(count: int) -> None:
    """Requires Django with an empty, migrated database."""
    from bench.conversations import questions_by_topic
    from chat.models import Conversation
    from console.models import Thread, Turn

    lines, rng, now = questions_by_topic(), random.Random(20261129), datetime.now(UTC)
    for number in range(count):
        at = now - timedelta(days=DAYS * number / count)
        key = uuid.UUID(int=rng.getrandbits(128), version=4)
        chat = Conversation.objects.create(id=key, expires_at=at, address="")
        thread = Thread.objects.create(sender=key.hex, chat=chat, started_at=at, last_at=at)
        asked = [rng.choice(lines[rng.choice(list(lines))]) for _ in range(TYPED)]
        Turn.objects.bulk_create(
            Turn(
                thread=thread, seq=2 * place + 1, at=at + timedelta(seconds=place), text=written(line, rng),
                intent=question.partition("/")[0], slots={"question": question},
                replies=[{"name": f"utter_{question}"}], entities=[{"entity": "question", "value": question}],
            )
            for place, (question, line) in enumerate(asked)
        )  # fmt: skip


def written(line: str, rng: random.Random) -> str:
    """The line with a typo: two letters swapped and one left out."""
    if rng.random() < SAME or len(line) < 4:
        return line
    place, gone = rng.randrange(len(line) - 1), rng.randrange(len(line))
    mistyped = line[:place] + line[place + 1] + line[place] + line[place + 2 :]
    return mistyped[:gone] + mistyped[gone + 1 :]


def measure(count: int) -> None:
    from console.models import Replay, Version

    installed = Path(os.environ["MODEL"])
    sha256 = Path(f"{installed}.sha256").read_text().split()[0]
    (installed.parent / "versions").mkdir()
    shutil.copy(installed, installed.parent / "versions" / f"{sha256}.tar.gz")
    replay = Replay.objects.create(version=Version.objects.create(number=1, sha256=sha256, state="ready"))
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "replay", "1"], cwd=ROOT, check=True)
    seconds, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    replay.refresh_from_db()
    cpu = used.ru_utime + used.ru_stime
    print(f"{replay.conversations:,} conversations, {replay.messages:,} messages: {seconds:.0f} s")
    print(f"{cpu:.0f} s of a core with both models' loading, {1000 * cpu / replay.messages:.1f} ms a message;")
    print(f"100,000 such conversations: {cpu / replay.conversations * 100_000 / 2 / 60:.0f} minutes of two cores")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("conversations", type=int, nargs="?", default=2_000)
    chosen = options.parse_args().conversations
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
        fill(chosen)
        measure(chosen)
