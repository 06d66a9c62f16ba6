"""Replaces the model of a running process, between two messages: no customer waits or is answered by half a model."""

import asyncio
import ctypes
import gc
from contextlib import suppress
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

from actions import responses
from bot import model_checksum, patches, versions


async def load(agent: Agent, sha256: str | None) -> str:
    """Load a version, or the installed model for None; return its SHA-256.

    Turns that run keep the model with which they began. Raises whatever a broken model raises; then nothing changes.
    """
    path, meant = versions.to_load(sha256)
    processor, replies = await asyncio.to_thread(_processor, agent, path, meant)
    # Warm up before the first customer: some parts load at the first message.
    await processor.parse_message(UserMessage("bonjour"))
    responses.add(replies)
    agent.nlg.read()
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = processor.domain
    # The former model is garbage from now on, which was excluded from collection at the start (bot/channel.py).
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _return_memory()
    return meant


def _return_memory() -> None:
    """Nothing refers to the former model any more, but glibc would keep its memory: 70 MB a swap."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _processor(agent: Agent, path: Path, meant: str) -> tuple[MessageProcessor, dict[str, Any]]:
    """The model, and the replies that come with it."""
    with model_checksum.verified_copy(path, meant) as copy:
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
    return processor, replies
