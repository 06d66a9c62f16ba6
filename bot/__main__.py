"""`python -m bot`: the Rasa server with the model that was smoke-tested, named exactly, and a readable log."""

import logging
import os
import sys

from dotenv import load_dotenv

from bot import imports, machine, model_file

# What is already in the environment wins over the file.
load_dotenv()

HOST = os.environ.get("RASA_HOST", "127.0.0.1")
PORT = os.environ.get("RASA_PORT", "5005")


def main() -> None:
    machine.prepare(threads=1)
    imports.postpone()
    try:
        with model_file.trusted(model_file.served()) as model:
            # What the health page names is what was loaded (bot/channel.py).
            os.environ["MODEL"] = str(model)
            serve(str(model))
    except model_file.Untrusted as refusal:
        sys.exit(str(refusal))


def serve(model: str) -> None:
    """What `rasa run` does, without the imports of Rasa's other commands."""
    # Rasa reads its log level here, whatever its logging file says.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    # Several of Rasa's imports switch warnings back on: they go to a log of their own, which is not read here.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    import rasa
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging_config_file="bot/logging.yml", filter_repeated_logs=True)
    configure_structlog()
    rasa.run(model, "endpoints.yml", credentials="credentials.yml", interface=HOST, port=int(PORT), enable_api=False)


if __name__ == "__main__":
    main()
