"""Reads the classifier of a model's file, without Rasa."""

import json
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from bot import model_checksum
from bot.nlu.model import QuestionModel

_CLASSIFIER = "bot.nlu.question_classifier.QuestionClassifier"


def model_id(archive: Path) -> str:
    """Rasa's id of a model that this process has just trained."""
    with tarfile.open(archive) as packed:
        metadata = packed.extractfile("metadata.json")
        assert metadata
        return str(json.load(metadata)["model_id"])


def load_model(archive: Path, sha256: str) -> QuestionModel:
    """The classifier of the verified archive. Raises UntrustedModel."""
    with model_checksum.verified_copy(archive, sha256) as copy, tempfile.TemporaryDirectory() as folder:
        with tarfile.open(copy) as packed:
            # Python has filters since 3.11.4; the archive's hash was checked in any case.
            packed.extraction_filter = getattr(tarfile, "data_filter", None)
            packed.extractall(folder)
        metadata: dict[str, Any] = json.loads((Path(folder) / "metadata.json").read_text())
        nodes = metadata["predict_schema"]["nodes"].values()
        node = next(one for one in nodes if one["uses"] == _CLASSIFIER)
        config = node["config"]
        model = QuestionModel(config["features"], config["strength"], config["context_weight"])
        model.load(Path(folder) / "components" / node["resource"]["name"])
        return model
