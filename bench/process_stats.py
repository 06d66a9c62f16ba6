"""Duration and memory of processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.project import ROOT


@dataclass(frozen=True)
class Run:
    """A command that has ended, with its duration and its peak memory."""

    seconds: float
    megabytes: float


def run(command: list[str], environment: dict[str, str], log: Path) -> Run:
    """Run the command to its end, with its output in `log`. Exit if it fails."""
    begin = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)} failed:\n{log.read_text()[-2000:]}")
    return Run(time.perf_counter() - begin, used.ru_maxrss / 1024)


def memory(pid: int) -> float:
    """Megabytes of resident memory, shared libraries included."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def seconds_until(condition: Callable[[], bool], timeout: float = 400) -> float:
    begin = time.perf_counter()
    while not condition():
        if time.perf_counter() - begin > timeout:
            sys.exit(f"not ready within {timeout} s")
        time.sleep(0.05)  # polling interval
    return time.perf_counter() - begin
