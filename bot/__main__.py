"""`python -m bot`: starts the Rasa server with a model whose checksum was verified, and logs one line per event."""

import logging
import os
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from dotenv import load_dotenv

from bot import model_checksum, runtime_env, versions

# Existing environment variables take precedence over the file `.env`.
load_dotenv()
# The Django settings that the actions need; they contain none of the web process's secrets.
os.environ["DJANGO_SETTINGS_MODULE"] = "web.settings_bot"

HOST = os.environ.get("RASA_HOST", "127.0.0.1")
PORT = os.environ.get("RASA_PORT", "5005")


def main() -> None:
    runtime_env.configure(threads=1)
    try:
        original, sha256 = versions.to_load(_live_version())
        with model_checksum.verified_copy(original, sha256) as model:
            # The health page (bot/channel.py) reports this hash, because the file in models/ may be replaced later.
            versions.served = sha256
            serve(str(model), original)
    except (model_checksum.UntrustedModel, ImproperlyConfigured) as refusal:
        sys.exit(str(refusal))


def _live_version() -> str | None:
    """Return the live version. If the database is unavailable, return None; bot/channel.py loads it later."""
    django.setup()
    try:
        return versions.live()
    except DatabaseError:
        versions.live_unknown = True
        return None
    finally:
        connection.close()


def serve(model: str, original: Path) -> None:
    """Like `rasa run`, but without the imports of Rasa's other commands. `model` is a verified copy of `original`."""
    # Rasa takes its log level from this variable, whatever bot/logging.yml says.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    # Some of Rasa's imports re-enable warnings: redirect them to a logger that is silent.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    import rasa
    from rasa.engine.exceptions import GraphComponentException
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging_config_file="bot/logging.yml", filter_repeated_logs=True)
    configure_structlog()
    # Import this only after logging is configured: it imports Rasa's components, which log while they are imported.
    from bot import patches

    patches.exit_if_not_loaded(original)
    # If the model cannot be loaded, the process exits, and Sanic would also log a traceback for that.
    logging.getLogger("sanic.error").addFilter(lambda record: "trying to serve" not in record.getMessage())
    try:
        rasa.run(
            model, "endpoints.yml", credentials="credentials.yml", interface=HOST, port=int(PORT), enable_api=False
        )
    except GraphComponentException as fault:
        # The model was loaded, but failed on its first message, the warm-up (bot/channel.py).
        sys.exit(model_checksum.load_failure(original, fault))


if __name__ == "__main__":
    main()
