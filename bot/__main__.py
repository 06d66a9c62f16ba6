"""`python -m bot`: the Rasa server with the model that was smoke-tested, named exactly, and a readable log."""

import logging
import os
import sys

from dotenv import load_dotenv

from bot import machine, model_file

# What is already in the environment wins over the file.
load_dotenv()

HOST = os.environ.get("RASA_HOST", "127.0.0.1")
PORT = os.environ.get("RASA_PORT", "5005")


def main() -> None:
    try:
        model_file.check(model := model_file.served())
    except model_file.Untrusted as refusal:
        sys.exit(str(refusal))
    machine.prepare(threads=1)
    # Rasa reads its log level here, whatever its logging file says.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    # Several of Rasa's imports switch warnings back on: they go to a log of their own, which is not read here.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    import rasa.__main__

    sys.argv = ["rasa", "run", "--interface", HOST, "--port", PORT, "--model", str(model),
                "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
                "--logging-config-file", "bot/logging.yml"]  # fmt: skip
    rasa.__main__.main()


if __name__ == "__main__":
    main()
