"""Our lines, rules and replies as a stock Rasa project.

A stock classifier learns topics only, without contexts: in a stock project, « ask_refund/delay » would be a retrieval
intent. The replies are part of its domain.
"""

import shutil
from pathlib import Path
from typing import Any

import yaml

from harness.project import ROOT, read


def write(folder: Path) -> list[str]:
    """Write the project into `folder`; return the arguments for `rasa train`."""
    for part in ("domain", "nlu"):
        (folder / part).mkdir(parents=True)
    for path in (ROOT / "data/nlu").glob("*.yml"):
        _write(folder / "nlu" / path.name, {"version": "3.1", "nlu": [_of_a_topic(one) for one in read(path)["nlu"]]})
    shutil.copytree(ROOT / "data/responses", folder / "domain/responses")
    shutil.copytree(ROOT / "data/rules", folder / "rules")
    shutil.copy(ROOT / "domain.yml", folder / "domain")
    return ["--domain", str(folder / "domain"), "--data", str(folder / "nlu"), str(folder / "rules")]


def _of_a_topic(block: dict[str, Any]) -> dict[str, Any]:
    """A block of lines without its question and its context; a lookup table as it is."""
    if "intent" not in block:
        return block
    return {"intent": block["intent"].partition("/")[0], "examples": block["examples"]}


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")
