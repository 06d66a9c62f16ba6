"""The bot's responses are verified, because a proxy may reply in its place, with status 200."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from chat.backends import Backends, NotTheBot, check_health
from chat.bot import Bot, BotUnavailable
from chat.models import Conversation, Message

HEALTHY = b'{"status": "ok", "model": "0123"}'
NOT_HEALTHY = {
    "a page": ("text/html", b"<h1>Welcome</h1>"),
    "a page called JSON": ("application/json", b"<h1>Welcome</h1>"),
    "half a JSON": ("application/json", HEALTHY[:20]),
    "nothing": ("application/json", b""),
    "no object": ("application/json", b'["ok"]'),
    "another service": ("application/json", b'{"status": "ok"}'),
    "no model": ("application/json", b'{"status": "ok", "model": null}'),
    "unwell": ("application/json", b'{"status": "starting", "model": "0123"}'),
}
in_place_of_the_bot = pytest.mark.parametrize("answer", NOT_HEALTHY.values(), ids=NOT_HEALTHY.keys())


@asynccontextmanager
async def answering(content_type, body):
    """A server that answers every request with 200 and this body."""

    async def answer(request):
        return web.Response(body=body, content_type=content_type)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        yield f"http://{server.host}:{server.port}", session


async def check(*answer):
    async with answering(*answer) as (url, session):
        await check_health(session, url, 3)


def test_the_bot_is_healthy():
    asyncio.run(check("application/json", HEALTHY))


@in_place_of_the_bot
def test_health_is_red_when_something_else_answers(answer):
    with pytest.raises((aiohttp.ClientError, ValueError, NotTheBot)):
        asyncio.run(check(*answer))


@in_place_of_the_bot
def test_no_message_is_sent_to_what_is_not_the_bot(answer):
    async def is_healthy():
        async with answering(*answer) as (url, session):
            backends = Backends([url, f"http://127.0.0.1:{unused_port()}"], session)
            await backends._check(url)
            return backends.is_healthy(url)

    assert not asyncio.run(is_healthy())


@pytest.mark.parametrize("name", ["a page", "half a JSON", "nothing", "no object"])
def test_an_answer_that_cannot_be_read_is_asked_for_again(settings, name):
    """This does not count as a failure with the message, three of which would end in an apology."""

    async def ask():
        async with answering(*NOT_HEALTHY[name]) as (url, _):
            settings.RASA_URLS = [url]
            bot = Bot()
            try:
                await bot.answer(Message(conversation=Conversation(), seq=1, text="bonjour"))
            finally:
                await bot.close()

    with pytest.raises(BotUnavailable):
        asyncio.run(ask())
