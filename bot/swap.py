"""Replaces the model of a running process between two messages, without a pause."""

import asyncio
import ctypes
import gc
from contextlib import suppress
from typing import Any

from django.db import connection
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

from actions import responses
from bot import model_checksum, patches, versions


async def load(agent: Agent, sha256: str | None) -> str:
    """Load a version, or the installed model for None; return its SHA-256.

    Running turns keep their model. If the model is broken, its exception is raised and the former model stays.
    """
    processor, replies, loaded = await asyncio.to_thread(_processor, agent, sha256)
    # Warm up before the first customer: some parts load at the first message.
    await processor.parse_message(UserMessage("bonjour"))
    responses.add(replies)
    agent.nlg.read()
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = processor.domain
    # The former model was excluded from garbage collection when it was loaded: collect it now.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _return_memory()
    versions.delete_fetched(but=loaded)
    return loaded


def live_version() -> str | None:
    """The live version. Call it in a thread, because it closes the thread's connection. Raises DatabaseError."""
    try:
        return versions.live()
    finally:
        connection.close()


def _return_memory() -> None:
    """Return the former model's memory to the system; glibc would keep 70 MB per swap."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _processor(agent: Agent, sha256: str | None) -> tuple[MessageProcessor, dict[str, Any], str]:
    """The model, its replies, and its SHA-256."""
    try:
        path, expected = versions.to_load(sha256)
    finally:
        # The file was fetched over this thread's connection.
        connection.close()
    with model_checksum.verified_copy(path, expected) as copy:
        processor = MessageProcessor(
            model_path=copy,
            tracker_store=agent.tracker_store,
            lock_store=agent.lock_store,
            action_endpoint=agent.action_endpoint,
            generator=agent.nlg,
            http_interpreter=agent.http_interpreter,
        )
        replies = versions.replies_of(copy)
    patches.prepare(processor)
    return processor, replies, expected
