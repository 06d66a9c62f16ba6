"""Makes a model file that classifies differently, without a training."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

# Changes the bias in place. Arguments: the questions, the index of the first question in the bias (the topics come
# before it), and the bias.
Change = Callable[[list[str], int, np.ndarray], None]


def with_other_bias(model: Path, target: Path, change: Change) -> None:
    """Copy the model, with the bias of its classifier changed."""
    with tarfile.open(model) as old, tarfile.open(target, "w:gz", compresslevel=1) as new:
        members = {
            member.name: (member, old.extractfile(member).read()) for member in old.getmembers() if member.isfile()
        }
        name = next(name for name in members if name.endswith("regression.npz"))
        questions = json.loads(members[name.replace("regression.npz", "names.json")][1])["questions"]
        arrays = dict(np.load(io.BytesIO(members[name][1])))
        change(questions, len({question.partition("/")[0] for question in questions}), arrays["bias"])
        changed = io.BytesIO()
        np.savez(changed, **arrays)
        for one, (member, content) in members.items():
            content = changed.getvalue() if one == name else content
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
