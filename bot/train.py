"""`python -m bot.train`: trains a model, runs its smoke test, and installs it only if that passes.

The installed model is replaced atomically; if the training or the test fails, it stays.
"""

import asyncio
import ctypes
import logging
import os
import sys
import tempfile
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from bot import runtime_env
from bot.model_checksum import install, model_path, strip_training_graph

# Without the replies, which the bot reads at its start (bot/nlg.py): a changed one would cause a full training.
TRAINED_ON = ["data/nlu", "data/rules"]
# One message of each kind: an intent, an entity, small talk, out of scope.
SMOKE = {
    "où est mon colis ?": "where_is_parcel",
    "je voudrais ma facture": "ask_invoice",
    "bonjour": "greet",
    "vous avez un code promo ?": "out_of_scope",
}
SMOKE_NUMBER = "ma commande PX48201937 n'est pas arrivée"

# The console's worker cannot write to the folder of its code, so it keeps the vectors beside the versions; other
# trainings keep them in the folder of Rasa's cache.
VECTORS_FOLDER = os.environ.get("VERSIONS") or Path(__file__).parents[1] / ".rasa"
VECTORS = Path(VECTORS_FOLDER) / "vectors.npz"

# Not __name__, which `python -m` changes: all loggers under « bot » report the training's steps.
logger = logging.getLogger("bot.train")


async def failures(model: Path) -> list[str]:
    """The failures of the smoke test with the model at `model`."""
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    wrong = []
    for text, intent in SMOKE.items():
        read = (await agent.parse_message(text))["intent"]["name"]
        if read != intent:
            wrong.append(f"{text!r} is read as {read}, not {intent}")
    entities = (await agent.parse_message(SMOKE_NUMBER))["entities"]
    if not any(entity["entity"] == "order_number" for entity in entities):
        wrong.append(f"no order number is found in {SMOKE_NUMBER!r}")
    return wrong


def main() -> None:
    _quiet()
    runtime_env.configure()
    from rasa.model_training import train

    _compute_once()
    _keep_memory()
    with tempfile.TemporaryDirectory(dir=model_path().parent, prefix=".training-") as folder:
        logger.info("Reading the lines and the rules…")
        result = train("domain.yml", "config.yml", TRAINED_ON, output=folder, fixed_model_name=model_path().name)
        if result.code or not result.model:
            sys.exit("Training failed: the lines above say why. The installed model was not changed.")
        strip_training_graph(Path(result.model))
        logger.info("Running the smoke test…")
        wrong = asyncio.run(failures(Path(result.model)))
        if wrong:
            sys.exit("The new model failed its smoke test and was not installed:\n" + "\n".join(wrong))
        install(Path(result.model), model_path())


def _compute_once() -> None:
    """Let this process compute once what Rasa and the feature sets compute several times from the same lines."""
    from rasa.shared.importers.importer import CombinedDataImporter, E2EImporter, ResponsesSyncImporter
    from rasa.shared.nlu.training_data.message import Message

    from bot.nlu import context, features, text, vectors

    # Rasa passes `language` in three different ways, and reads all files again for each. No importer uses it: drop it.
    for importer in (CombinedDataImporter, ResponsesSyncImporter, E2EImporter):
        read = importer.get_nlu_data
        importer.get_nlu_data = lambda self, language=None, read=read: read(self)
    # Each importer copies all lines for the next one. None changes them, so return the line itself instead of a copy.
    Message.__deepcopy__ = lambda self, memo: self
    normalised = cache(text.normalised)
    for module in (features, context):
        vars(module)["normalised"] = normalised
    features.encode_many = partial(vectors.encoded, encode=features.encode_many, file=VECTORS)


def _keep_memory() -> None:
    """Have glibc keep the memory of large arrays for the next ones.

    By default, each iteration gets new memory from the kernel, which clears it: 50 s of CPU in a training.
    """
    with suppress(AttributeError, OSError):  # another libc
        libc = ctypes.CDLL(None)
        libc.mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD


def _quiet() -> None:
    """Silence the logs of Rasa and its dependencies; our loggers stay. Call before importing Rasa."""
    # Rasa reads it when it is imported; without it, Rasa shows a progress bar per story.
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("bot").setLevel(logging.INFO)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)


if __name__ == "__main__":
    main()
