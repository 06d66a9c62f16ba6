"""The client of the bot's private channel (bot/channel.py)."""

import asyncio
from typing import Any, cast
from urllib.parse import quote

import aiohttp
from django.conf import settings

from chat.backends import Backends
from chat.models import Conversation, Message
from chat.rows import Answer

# Timeout of a call; longer than the bot's timeouts for its databases. If the bot had recorded its replies before the
# time-out, a retry returns them.
SECONDS = 12
# 401: the two processes have different BOT_SECRETs. This is an error of the configuration, not of the message.
UNAVAILABLE_STATUSES = {401, 502, 503, 504}


class BotUnavailable(Exception):
    """The bot or one of its dependencies is unavailable: retry."""


class BotFailed(Exception):
    """The bot is available, but could not handle this message."""


class Bot:
    """One connection pool, for the life of the process."""

    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {settings.BOT_SECRET}"},
            timeout=aiohttp.ClientTimeout(total=SECONDS, connect=2),
            connector=aiohttp.TCPConnector(limit=0),
        )
        self.backends = Backends(settings.RASA_URLS, self._session)

    async def close(self) -> None:
        await self._session.close()

    async def answer(self, message: Message) -> Answer:
        """The bot's replies to this message, with their explanation. Raises BotUnavailable or BotFailed."""
        content = {"payload": message.payload} if message.payload else {"text": message.text}
        sender = message.conversation_id.hex
        about = {"conversation": sender, "message_id": str(message.seq), "address": message.conversation.address}
        return cast("Answer", await self._call(sender, "POST", "messages", json=about | content))

    async def explanations(self, conversation: Conversation) -> dict[str, Any]:
        """{message's number: explanation} from the bot's store. Raises BotUnavailable or BotFailed."""
        sender = conversation.id.hex
        answer = await self._call(sender, "GET", f"conversations/{sender}/explanations")
        return cast("dict[str, Any]", answer["explanations"])

    async def redact(self, conversation: Conversation) -> None:
        """Apply the conversation's redactions to the bot's store. Raises BotUnavailable or BotFailed."""
        sender = conversation.id.hex
        await self._call(sender, "POST", f"conversations/{sender}/redactions", json={"texts": conversation.redacted})

    async def erase(self, conversation: Conversation) -> None:
        """Erase the conversation in the bot's store. Raises BotUnavailable or BotFailed."""
        await self.erase_sender(conversation.id.hex)

    async def erase_sender(self, sender: str) -> None:
        """Erase a conversation of any channel by Rasa's sender id. Raises BotUnavailable or BotFailed."""
        await self._call(sender, "DELETE", f"conversations/{quote(sender, safe='')}")

    async def _call(self, conversation: str, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Call the conversation's bot process, and raise BotUnavailable as soon as it is marked unhealthy."""
        process = self.backends.choose(conversation)
        if not self.backends.is_healthy(process):
            # No process is healthy, but this one may have recovered since its last check.
            return await self._ask(process, method, path, **options)
        asking = asyncio.create_task(self._ask(process, method, path, **options))
        unhealthy = asyncio.create_task(self.backends.wait_unhealthy(process))
        try:
            await asyncio.wait({asking, unhealthy}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise BotUnavailable("its process is unhealthy")
            return asking.result()
        finally:
            asking.cancel()
            unhealthy.cancel()

    async def _ask(self, process: str, method: str, path: str, **options: Any) -> dict[str, Any]:
        url = f"{process}/webhooks/chat/{path}"
        try:
            async with self._session.request(method, url, **options) as response:
                if response.status == 200:
                    return _object(await response.json())
                if response.status in UNAVAILABLE_STATUSES:
                    raise BotUnavailable(f"status {response.status}")
                raise BotFailed(f"status {response.status}")
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as fault:
            self.backends.mark_unhealthy(process)
            raise BotUnavailable(type(fault).__name__) from fault


def _object(answer: Any) -> dict[str, Any]:
    """The JSON object. Raises ValueError for anything else, which only a proxy in between can have sent."""
    if not isinstance(answer, dict):
        raise ValueError
    return answer
