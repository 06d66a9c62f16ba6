"""Settings of both the web process and the bot: secrets, database, language. .env.example explains each variable."""

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# Existing environment variables win over the file.
load_dotenv(BASE_DIR / ".env")

# A shorter secret can be guessed.
MIN_SECRET_LENGTH = 32


def secret(name: str) -> str:
    value = os.environ.get(name, "")
    if len(value) < MIN_SECRET_LENGTH:
        fault = f"{name} is not set, or shorter than {MIN_SECRET_LENGTH} characters"
        raise ImproperlyConfigured(f"{fault}: `make .env` writes a .env with a generated one.")
    return value


def replaced_secrets(name: str) -> list[str]:
    """Former values of a secret, separated by commas, that are still accepted while it is rotated."""
    return [value for value in os.environ.get(name, "").split(",") if value]


# Authenticates `chat` to the bot's private channel; it also keys the look-up guards (shop/access.py).
BOT_SECRET = secret("BOT_SECRET")
BOT_SECRET_FALLBACKS = replaced_secrets("BOT_SECRET_FALLBACKS")

# Limits of failed look-ups, as count/seconds. PERSON: per conversation, and per address with the same number or e-mail.
# ADDRESS: per address, which a household, a shop or a mobile network may share. ALL: of all customers together.
LOOKUP_LIMIT_PERSON = os.environ.get("LOOKUP_LIMIT_PERSON", "5/900")
LOOKUP_LIMIT_ADDRESS = os.environ.get("LOOKUP_LIMIT_ADDRESS", "20/900")
LOOKUP_LIMIT_ALL = os.environ.get("LOOKUP_LIMIT_ALL", "200/900")

# After this many minutes without a message, the bot's session ends and clients no longer get the earlier messages, so
# that the next person at a shared computer sees no order (docs/privacy.md).
QUIET_MINUTES = float(os.environ.get("QUIET_MINUTES", "30"))

# A customer returns to the queue if the agent's inbox was closed for TEAM_PRESENCE_SECONDS, the agent has not replied
# for TEAM_REPLY_MINUTES, or a colleague has not answered the offer for TEAM_OFFER_MINUTES. A wait ends after
# TEAM_QUEUE_MINUTES. The bot reads TEAM_PRESENCE_SECONDS too: it offers a person only while one is present.
TEAM_PRESENCE_SECONDS = int(os.environ.get("TEAM_PRESENCE_SECONDS", "90"))
TEAM_REPLY_MINUTES = int(os.environ.get("TEAM_REPLY_MINUTES", "10"))
TEAM_QUEUE_MINUTES = int(os.environ.get("TEAM_QUEUE_MINUTES", "15"))
TEAM_OFFER_MINUTES = int(os.environ.get("TEAM_OFFER_MINUTES", "2"))

SQLITE_OPTIONS = {
    # A writer waits this many seconds for the lock. IMMEDIATE takes it at the start of a transaction, so that a read
    # transaction that later writes cannot fail with SQLITE_BUSY. WAL lets readers work meanwhile. secure_delete
    # overwrites erased conversations in the file.
    "timeout": 4,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
}

# TCP keepalive, for unreachable hosts (power off, cable cut): without it, the system would wait for many minutes.
# Seconds until the first probe, seconds between probes, number of probes; and milliseconds that sent data may stay
# unacknowledged. Also for Rasa's database (bot/database.py).
TCP_KEEPALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 8000}
# Set on the server: it ends a session that hangs or is unreachable, which would hold row locks.
SERVER_TIMEOUTS = (
    "-c idle_in_transaction_session_timeout=10000"
    " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
)
# A migration may take any time.
SESSION_OPTIONS = "-c statement_timeout=0" if "migrate" in sys.argv else f"-c statement_timeout=5000 {SERVER_TIMEOUTS}"


def _postgresql_options(url_options: dict[str, Any]) -> dict[str, Any]:
    """The defaults, overridden by the URL's parameters (for example TLS). `options` are joined: the last one wins."""
    joined = f"{SESSION_OPTIONS} {url_options.get('options', '')}".strip()
    return {"connect_timeout": 3, **TCP_KEEPALIVE, **url_options, "options": joined}


DATABASES = {"default": dj_database_url.config(default=f"sqlite:///{VAR_DIR / 'pixmania.sqlite3'}")}
# Connections are reused for this many seconds, after a health check.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["OPTIONS"] = _postgresql_options(DATABASES["default"].get("OPTIONS", {}))

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
