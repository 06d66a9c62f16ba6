"""A stock Rasa project with a sample of our lines, and all our intents, entities, rules and replies.

DIET takes more than ten minutes for one epoch on all lines. The speed of the trained model depends on its pipeline, and
hardly on the number of lines (docs/performance.md), so a fixed sample is enough.

A stock classifier learns only topics, without contexts: in a stock project, « ask_refund/delay » would be a retrieval
intent. The replies are part of its domain.
"""

import random
import shutil
from collections import defaultdict
from pathlib import Path

import yaml

from harness.project import ENTITY, NLU, ROOT, examples, read

LINES_PER_INTENT = 30


def write(folder: Path) -> list[str]:
    """Write the project into `folder`; return the arguments for `rasa train`."""
    (folder / "domain").mkdir(parents=True)
    (folder / "nlu").mkdir()
    shutil.copy(NLU / "entities.yml", folder / "nlu")
    content = {"version": "3.1", "nlu": [_block(intent, lines) for intent, lines in sample(LINES_PER_INTENT).items()]}
    (folder / "nlu/lines.yml").write_text(yaml.safe_dump(content, allow_unicode=True, width=10_000), encoding="utf-8")
    shutil.copytree(ROOT / "data/responses", folder / "domain/responses")
    shutil.copytree(ROOT / "data/rules", folder / "rules")
    shutil.copy(ROOT / "domain.yml", folder / "domain")
    return ["--domain", str(folder / "domain"), "--data", str(folder / "nlu"), str(folder / "rules")]


def sample(size: int) -> dict[str, list[str]]:
    """{intent: `size` of its lines, the same ones in every run}; every line with an entity is one of them."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(NLU.glob("*.yml")):
        for block in read(path)["nlu"]:
            if "intent" in block:
                found[block["intent"].partition("/")[0]] += examples(block)
    chance = random.Random(0)
    for lines in found.values():
        chance.shuffle(lines)
        lines.sort(key=lambda line: not ENTITY.search(line))  # stable: the others keep their random order
    return {intent: lines[:size] for intent, lines in found.items()}


def _block(intent: str, lines: list[str]) -> dict[str, str]:
    return {"intent": intent, "examples": "".join(f"- {line}\n" for line in lines)}
