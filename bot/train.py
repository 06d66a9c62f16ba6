"""`python -m bot.train`: train, try the new model on real messages, and only then let it serve.

The model that serves keeps its name and is replaced in one move; a training that fails leaves the old one in place.
"""

import asyncio
import logging
import os
import sys
import tempfile
from pathlib import Path

from bot import runtime_env
from bot.model_checksum import install, served, strip_training_graph

# Not the replies: a changed one would train everything again, and the bot reads them when it starts (bot/nlg.py).
TRAINED_ON = ["data/nlu", "data/rules"]
# One message a kind of thing that must work: an intent, an entity, small talk, what is out of scope.
SMOKE = {
    "où est mon colis ?": "where_is_parcel",
    "je voudrais ma facture": "ask_invoice",
    "bonjour": "greet",
    "vous avez un code promo ?": "out_of_scope",
}
SMOKE_NUMBER = "ma commande PX48201937 n'est pas arrivée"


async def failures(model: Path) -> list[str]:
    """What the model at `model` gets wrong of the smoke test."""
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

    with tempfile.TemporaryDirectory(dir=served().parent, prefix=".training-") as folder:
        result = train("domain.yml", "config.yml", TRAINED_ON, output=folder, fixed_model_name=served().name)
        if result.code or not result.model:
            sys.exit("Training failed: the lines above say why. The model that serves was not changed.")
        strip_training_graph(Path(result.model))
        wrong = asyncio.run(failures(Path(result.model)))
        if wrong:
            sys.exit("The new model failed its smoke test and does not serve:\n" + "\n".join(wrong))
        install(Path(result.model), served())


def _quiet() -> None:
    """Called before Rasa is imported, which logs every step of every rule, and its dependencies their deprecations."""
    # Read at its import: without it, a progress bar a story.
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.basicConfig(level=logging.WARNING)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)


if __name__ == "__main__":
    main()
