"""What the web process and the bot have in common: secrets, database, language. .env.example explains each variable."""

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# What is already in the environment wins over the file.
load_dotenv(BASE_DIR / ".env")

# A shorter secret can be guessed.
MIN_SECRET_LENGTH = 32


def secret(name: str) -> str:
    value = os.environ.get(name, "")
    if len(value) < MIN_SECRET_LENGTH:
        fault = f"{name} is not set, or shorter than {MIN_SECRET_LENGTH} characters"
        raise ImproperlyConfigured(f"{fault}: `make .env` writes a .env with one of its own.")
    return value


# What `chat` shows the bot's private channel; it also keys the look-up guards (shop/access.py).
BOT_SECRET = secret("BOT_SECRET")

SQLITE_OPTIONS = {
    # A writer waits this many seconds for another. IMMEDIATE takes the write lock first, so that a reader that
    # turns writer is never refused half-way; WAL lets readers go on meanwhile. What is deleted is overwritten: an
    # erased conversation must not be legible in the file.
    "timeout": 4,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
}

# A host that vanished (power off, a line cut) refuses nothing, and the system would wait for it for many minutes: so
# many seconds without a word, then so many questions so far apart; what was sent waits for so many milliseconds.
# bot/database.py says the same for Rasa.
TCP_KEEPALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 8000}


# The other way round: a process that vanished, or hangs, in a transaction holds its rows no longer than that.
SERVER_TIMEOUTS = (
    "-c idle_in_transaction_session_timeout=10000"
    " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
)
# A migration may take as long as it takes.
SESSION_OPTIONS = "-c statement_timeout=0" if "migrate" in sys.argv else f"-c statement_timeout=5000 {SERVER_TIMEOUTS}"


def _postgresql_options(said: dict[str, Any]) -> dict[str, Any]:
    """What the address says itself wins, TLS above all; of `options`, which are joined, the last one does."""
    joined = f"{SESSION_OPTIONS} {said.get('options', '')}".strip()
    return {"connect_timeout": 3, **TCP_KEEPALIVE, **said, "options": joined}


DATABASES = {"default": dj_database_url.config(default=f"sqlite:///{VAR_DIR / 'pixmania.sqlite3'}")}
# A connection serves many calls; one that has broken is not used again.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["OPTIONS"] = _postgresql_options(DATABASES["default"].get("OPTIONS", {}))

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
