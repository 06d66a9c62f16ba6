"""`python -m bot.train`: train, smoke-test the new model, and only then install it.

The installed model is replaced atomically; if the training fails, it stays.
"""

import asyncio
import logging
import os
import sys
import tempfile
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

    with tempfile.TemporaryDirectory(dir=model_path().parent, prefix=".training-") as folder:
        logger.info("Reading the lines and the rules…")
        result = train("domain.yml", "config.yml", TRAINED_ON, output=folder, fixed_model_name=model_path().name)
        if result.code or not result.model:
            sys.exit("Training failed: the lines above say why. The model that serves was not changed.")
        strip_training_graph(Path(result.model))
        logger.info("Trying the new model…")
        wrong = asyncio.run(failures(Path(result.model)))
        if wrong:
            sys.exit("The new model failed its smoke test and does not serve:\n" + "\n".join(wrong))
        install(Path(result.model), model_path())


def _quiet() -> None:
    """Silence the logs of Rasa and its dependencies; our loggers stay. Call before importing Rasa."""
    # Read at import; without it, Rasa shows a progress bar per story.
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("bot").setLevel(logging.INFO)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)


if __name__ == "__main__":
    main()
