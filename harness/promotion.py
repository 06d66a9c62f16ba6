"""Measures what customers notice while the worker rolls a version out, back and out again."""

import gzip
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from bot import model_checksum
from harness.delivery_stats import DeliveryStats, delivery_stats
from harness.deployments import Deployment
from harness.load_clients import LoadClients
from harness.processes import ROOT, Processes, get_json, wait_for

CUSTOMERS = 20
# Seconds between an answer and the next message; people take longer.
READING_SECONDS = 3
# The first step is the baseline, without a change. The others: the version's number, 0 for the installed model.
STEPS = {"nothing changes": None, "into service": 1, "back": 0, "forward again": 1}
_TRAINED = "from console.models import Version; Version.objects.create(number=1, state='ready', sha256='{sha256}')"
_PRESS = """
from console.models import Rollout, Version
print(Rollout.objects.create(version=Version.objects.filter(number={number}).first()).pk)
"""
_SECONDS = """
import json
from console.models import Rollout
one = Rollout.objects.get(pk={pk})
print(json.dumps([one.state, (one.ended_at or one.at).timestamp() - one.at.timestamp()]))
"""


@dataclass(frozen=True)
class Step:
    """`seconds`: from the button until every process serves the version. Then the longest waits of any customer."""

    name: str
    seconds: float
    answers: int
    slowest_post: float
    first_response: float


@dataclass(frozen=True)
class Promotion:
    """`notices`: what customers saw besides answers."""

    steps: list[Step]
    notices: set[str]
    delivery: DeliveryStats


def model_in(folder: Path) -> dict[str, str]:
    """The settings of processes that use a copy of the installed model in this folder, and its versions."""
    (folder / "models" / "versions").mkdir(parents=True)
    for file in (model_checksum.MODEL, model_checksum.checksum_path(model_checksum.MODEL)):
        shutil.copy(ROOT / file, folder / "models")
    return {"MODEL": str(folder / "models" / model_checksum.MODEL.name)}


def promoted(deployment: Deployment) -> Promotion:
    """Run each step while customers write, and wait until each of them was answered once more."""
    processes = deployment.processes
    hashes = _with_a_version(processes)
    steps = []
    processes.start("worker")
    with deployment.clients(CUSTOMERS, reading=READING_SECONDS) as clients:
        wait_for(lambda: clients.all_answered_since(0), 120)
        for name, number in STEPS.items():
            before = [(len(one.posts), len(one.first_responses)) for one in clients.customers]
            seconds = 0.0 if number is None else _press(processes, number, hashes[number])
            moment = time.monotonic()
            wait_for(lambda moment=moment: clients.all_served_since(moment), 120)
            steps.append(_step(name, seconds, clients, before))
    return Promotion(steps, clients.notices_since(0), delivery_stats(processes, clients.customers))


def _with_a_version(processes: Processes) -> list[str]:
    """[the installed model's hash, that of a version: the same model in another file]"""
    model = Path(processes.env["MODEL"])
    new = model.parent / "new"
    new.write_bytes(gzip.compress(gzip.decompress(model.read_bytes()), compresslevel=1))
    sha256 = model_checksum.digest(new)
    new.rename(model.parent / "versions" / f"{sha256}.tar.gz")
    processes.manage("shell", "--no-imports", "-c", _TRAINED.format(sha256=sha256))
    return [model_checksum.digest(model), sha256]


def _press(processes: Processes, number: int, sha256: str) -> float:
    """Do what the console's button does; wait until all processes serve the version. Return the console's duration."""
    pk = processes.manage("shell", "--no-imports", "-c", _PRESS.format(number=number)).strip()
    wait_for(lambda: all(_served(url) == sha256 for url in processes.env["RASA_URL"].split(",")), 180)
    found: list[str] = []

    def is_done() -> bool:
        found[:] = json.loads(processes.manage("shell", "--no-imports", "-c", _SECONDS.format(pk=pk)))
        return found[0] == "done"

    wait_for(is_done, 60)
    return float(found[1])


def _served(url: str) -> str:
    status, body = get_json(f"{url}/webhooks/chat/health")
    return str(body["model"]) if status == 200 else ""


def _step(name: str, seconds: float, clients: LoadClients, before: list[tuple[int, int]]) -> Step:
    each = list(zip(clients.customers, before, strict=True))
    posts = [wait for one, (posts, _) in each for wait in one.posts[posts:]]
    responses = [wait for one, (_, responses) in each for wait in one.first_responses[responses:]]
    return Step(name, seconds, len(responses), max(posts), max(responses))
