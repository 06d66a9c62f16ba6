"""The dispatcher serves a limited number of conversations at a time; the others wait in the database."""

import asyncio
import uuid

from chat import dispatch
from chat.dispatch import Dispatcher


class Waiting(Dispatcher):
    """Serves until it is released, as if the bot was unavailable."""

    def __init__(self):
        super().__init__(bot=None)
        self.released = asyncio.Event()

    async def _serve(self, conversation, claimed):
        await self.released.wait()
        self._serving.discard(conversation)


def test_while_the_bot_is_unavailable_few_conversations_are_served_at_once(monkeypatch):
    monkeypatch.setattr(dispatch, "MAX_SERVED", 20)

    async def flood():
        dispatcher = Waiting()
        for _ in range(500):
            dispatcher._wake(uuid.uuid4())
        await asyncio.sleep(0)
        held = len(dispatcher._tasks), len(dispatcher._serving), len(dispatcher._woken), dispatcher._capacity()
        dispatcher.released.set()
        await asyncio.gather(*dispatcher._tasks)
        return held, dispatcher._capacity()

    assert asyncio.run(flood()) == ((20, 20, 20, 0), 20)
