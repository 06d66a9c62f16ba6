"""The two contenders: our bot, and a stock Rasa project with the same rules and actions and a sample of the lines."""

import re
import subprocess
import sys
from abc import ABC, abstractmethod
from pathlib import Path

from bench import stock_project
from bench.process_stats import Run, run, seconds_until
from harness.processes import Processes, free_port, get_json
from harness.project import ROOT, read, training_examples

HELLO = b'{"sender": "ready", "message": "bonjour"}'
# The stock pipeline needs TensorFlow (`make tensorflow`).
STOCK_PYTHON = str(ROOT / ".venv-tensorflow/bin/python")
# A line of the progress bar after an epoch: « Epochs: 50%|█████ | 1/2 [01:43<01:43, 103.60s/it ».
_EPOCH = re.compile(r"Epochs:[^\n]*?(\d+)/\d+ \[(?:(\d+):)?(\d+):(\d+)<")


class Contender(ABC):
    """A Rasa server that a benchmark trains, starts, talks to and stops."""

    name: str
    url: str
    database: Path

    @abstractmethod
    def train(self) -> Run:
        """Train its model."""

    @abstractmethod
    def spawn(self) -> int:
        """Start its process; return its id."""

    def start(self) -> tuple[int, float]:
        """(process id, seconds until the first answer)."""
        pid = self.spawn()
        return pid, seconds_until(self._answers)

    def _answers(self) -> bool:
        status, replies = get_json(f"{self.url}/webhooks/rest/webhook", HELLO)
        return status == 200 and bool(replies)


class Ours(Contender):
    """Our bot, started as `make run` does; its actions run in the same process."""

    name = "ours"

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._model = processes.folder / "ours.tar.gz"
        processes.env |= {"MODEL": str(self._model)}
        self.url = processes.env["RASA_URL"]
        self.database = processes.folder / "rasa.sqlite3"

    def train(self) -> Run:
        # Use an empty cache, so that Rasa trains from scratch, like the stock project.
        empty_cache = {"RASA_CACHE_DIRECTORY": str(self._processes.folder / "cache")}
        log = self._processes.folder / "train-ours.log"
        return run([sys.executable, "-m", "bot.train"], self._processes.env | empty_cache, log)

    def spawn(self) -> int:
        return self._processes.start("bot")


class Stock(Contender):
    """`rasa train`, `rasa run` and an action server, with bench/stock/ and bench/stock_project.py."""

    name = "stock"
    # The number of epochs that this benchmark trains, and the usual number.
    EPOCHS = next(part["epochs"] for part in read(ROOT / "bench/stock/config.yml")["pipeline"] if "epochs" in part)
    USUAL_EPOCHS = 100

    def __init__(self, processes: Processes) -> None:
        self._folder, port, actions_port = processes.folder, free_port(), str(free_port())
        folder = self._folder
        self.url, self.database = f"http://127.0.0.1:{port}", folder / "stock.sqlite3"
        settings = {"ACTIONS_PORT": actions_port, "STOCK_DATABASE": str(self.database)}
        self._environment = processes.env | settings
        self._actions = ["rasa_sdk", "--actions", "actions", "--port", actions_port, "--quiet"]
        self._serve = [
            "rasa", "run", "--interface", "127.0.0.1", "--port", str(port), "--model", str(folder / "stock.tar.gz"),
            "--endpoints", "bench/stock/endpoints.yml", "--credentials", "bench/stock/credentials.yml",
        ]  # fmt: skip
        self._training_log = folder / "train-stock.log"
        self._running: list[subprocess.Popen[bytes]] = []

    def train(self) -> Run:
        project = stock_project.write(self._folder / "stock")
        command = ["train", "--config", "bench/stock/config.yml", *project, "--force",
                   "--out", str(self._folder), "--fixed-model-name", "stock.tar.gz"]  # fmt: skip
        return run([STOCK_PYTHON, "-m", "rasa", *command], self._environment, self._training_log)

    def usual_training(self) -> float:
        """Estimated seconds of the usual training with all lines: the time of an epoch is proportional to the lines."""
        sampled = sum(map(len, stock_project.sample(stock_project.LINES_PER_INTENT).values()))
        return self.USUAL_EPOCHS * self._last_epoch() * len(training_examples()) / sampled

    def _last_epoch(self) -> float:
        ended = {int(epoch): 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)
                 for epoch, hours, minutes, seconds in _EPOCH.findall(self._training_log.read_text())}  # fmt: skip
        return ended[self.EPOCHS] - ended[self.EPOCHS - 1]

    def spawn(self) -> int:
        with (self._folder / "stock.log").open("ab") as log:
            for command in (self._actions, self._serve):
                command = [STOCK_PYTHON, "-m", *command]
                self._running.append(subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log))
        return self._running[-1].pid

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()
