"""The dispatcher lives as long as the web process: ASGI's lifespan, which Django leaves alone, starts and stops it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from chat.bot import Bot
from chat.dispatch import Dispatcher

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def with_dispatcher(application: Application) -> Application:
    """The application, with a dispatcher beside it."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await application(scope, receive, send)

    return wrapped


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    bot = Bot()
    running = asyncio.create_task(Dispatcher(bot).run())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await bot.close()
    await send({"type": "lifespan.shutdown.complete"})
