"""`/healthz`: healthy only if the database and the bot with its model answer."""

import asyncio
import uuid
from collections.abc import Awaitable
from pathlib import Path
from shutil import disk_usage

import aiohttp
from django.conf import settings
from django.http import HttpRequest, JsonResponse

from chat.backends import check_health
from chat.db_threads import db_write
from chat.models import Conversation

TIMEOUT_SECONDS = 3
# With less free space, a small write may still succeed while the next message fails.
MIN_FREE_BYTES = 1 << 20


class DiskFull(Exception):
    """The disk has too little free space for further messages."""


async def healthz(request: HttpRequest) -> JsonResponse:
    """200 if every part is healthy, else 503; each part with "ok" or its error."""
    parts: dict[str, list[Awaitable[None]]] = {
        "database": [_database()],
        "bot": [_bot(url) for url in settings.RASA_URLS],
    }
    groups = await asyncio.gather(*(asyncio.gather(*map(_state, part)) for part in parts.values()))
    # A part is healthy as long as one of its processes is; each failing process is listed with its position.
    healthy = all("ok" in states for states in groups)
    states_by_part = {name: _worst_state(states) for name, states in zip(parts, groups, strict=True)}
    return JsonResponse(
        {"status": "ok" if healthy else "unavailable", "parts": states_by_part}, status=200 if healthy else 503
    )


def _worst_state(states: list[str]) -> str:
    wrong = [f"{place}: {state}" for place, state in enumerate(states, 1) if state != "ok"]
    return ", ".join(wrong) if wrong and len(states) > 1 else states[0]


async def _state(part: Awaitable[None]) -> str:
    try:
        await asyncio.wait_for(part, TIMEOUT_SECONDS)
    except Exception as fault:  # a health page reports every error, and must not fail itself
        return type(fault).__name__
    return "ok"


@db_write
def _database() -> None:
    # Runs on the chat's threads, because a stuck thread of this request would keep the process from ending. It writes,
    # because a locked or read-only database still answers reads.
    Conversation.objects.filter(pk=uuid.UUID(int=0)).update(comment="")
    _check_free_space()


def _check_free_space() -> None:
    """Raise DiskFull if SQLite's disk is nearly full; the disk of a database server has its own alerts."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and disk_usage(Path(database["NAME"]).parent).free < MIN_FREE_BYTES:
        raise DiskFull


async def _bot(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        await check_health(session, url, TIMEOUT_SECONDS)
