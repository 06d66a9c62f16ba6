"""Runs the web process's background tasks between ASGI's lifespan events, which Django does not handle."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from typing import Any

from chat import pg_notify
from chat.bot import Bot
from chat.dispatch import Dispatcher

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Work = Coroutine[Any, Any, None]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

logger = logging.getLogger(__name__)


def with_background(application: Application, *others: Callable[[], Work]) -> Application:
    """The application together with the chat's dispatcher and other endless tasks."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _handle_lifespan(receive, send, others)
        else:
            await application(scope, receive, send)

    return wrapped


def _tasks(bot: Bot) -> list[Work]:
    return [Dispatcher(bot).run(), bot.backends.watch(), pg_notify.listen()]


def _end_with(work: asyncio.Task[None]) -> None:
    """End the process if a task fails, so that it is restarted; otherwise it would accept messages and never answer."""
    if not work.cancelled() and (fault := work.exception()):
        logger.critical("a background task failed, so the web process ends: %s", type(fault).__name__)
        os.kill(os.getpid(), signal.SIGTERM)


async def _handle_lifespan(receive: Receive, send: Send, others: Iterable[Callable[[], Work]]) -> None:
    await receive()
    bot = Bot()
    running = [asyncio.create_task(work) for work in (*_tasks(bot), *(other() for other in others))]
    for task in running:
        task.add_done_callback(_end_with)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for task in running:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await bot.close()
    await send({"type": "lifespan.shutdown.complete"})
