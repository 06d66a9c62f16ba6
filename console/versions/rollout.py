"""Brings a version into service: the bot's processes load it one after the other, each between two messages."""

import json
import urllib.error
import urllib.request

from django.conf import settings

from bot import model_checksum, versions
from console.models import Rollout
from shop import clock

# Time limit for one process; loading takes some seconds, and longer on a busy machine.
SECONDS = 60


class ProcessRefused(Exception):
    """A bot process did not load the version. The message is in French."""


def roll_out(rollout: Rollout) -> None:
    """Load the version in every process. If one fails, the ones before it are rolled back, and the rollout fails."""
    wanted, before = rollout.version.sha256 if rollout.version else None, versions.live()
    changed: list[str] = []
    try:
        for url in settings.RASA_URLS:
            _load(url, wanted)
            changed.append(url)
        versions.set_live(wanted)
        rollout.state = Rollout.State.DONE
    except (ProcessRefused, OSError, model_checksum.UntrustedModel) as fault:
        rollout.state, rollout.problem = Rollout.State.FAILED, str(fault)[:300]
        for url in changed:
            try:
                _load(url, before)
            except ProcessRefused as again:
                rollout.problem = f"{rollout.problem} {again}"[:300]
    rollout.ended_at = clock.now()
    rollout.save()


def _load(url: str, sha256: str | None) -> None:
    """Raises ProcessRefused."""
    headers = {"Authorization": f"Bearer {settings.BOT_SECRET}", "Content-Type": "application/json"}
    body = json.dumps({"sha256": sha256}).encode()
    request = urllib.request.Request(f"{url}/webhooks/chat/model", body, headers, method="POST")
    try:
        urllib.request.urlopen(request, timeout=SECONDS).close()
    except urllib.error.HTTPError as refusal:
        raise ProcessRefused(f"{url} n’a pas pu la charger et garde l’ancienne ({refusal.code}).") from refusal
    except OSError as fault:
        raise ProcessRefused(f"{url} ne répond pas.") from fault
