"""Requests to the bot when several processes serve it."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from chat.bot import Bot
from chat.models import Conversation, Message

REPLIES = [{"text": "Voici.", "buttons": [], "card": None}]


async def answers(request):
    return web.json_response({"replies": REPLIES})


def test_when_all_look_unhealthy_the_first_recovered_one_answers_at_once(settings):
    async def ask():
        application = web.Application()
        application.router.add_post("/webhooks/chat/messages", answers)
        async with TestServer(application) as back:
            url = f"http://{back.host}:{back.port}"
            settings.RASA_URLS = [url, f"http://127.0.0.1:{unused_port()}"]
            bot = Bot()
            for process in settings.RASA_URLS:
                bot.backends.mark_unhealthy(process)
            conversation = Conversation()
            while bot.backends.choose(conversation.id.hex) != url:
                conversation = Conversation()
            try:
                return await bot.answer(Message(conversation=conversation, seq=1, text="bonjour"))
            finally:
                await bot.close()

    assert asyncio.run(ask()) == {"replies": REPLIES}
