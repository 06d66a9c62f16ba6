"""Several action servers, of which one hangs, is off or comes back: whose turn is broken, and who is asked next."""

import asyncio
import socket
import time
from contextlib import AsyncExitStack, ExitStack, suppress

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from rasa.core.channels.channel import UserMessage
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot import action_servers, turns

PATIENCE_SECONDS = 20


class Server:
    """One that answers, or takes everything in and says nothing, as a stopped process does."""

    def __init__(self, status=200):
        self.status, self.asked, self.looked_at = status, 0, 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def act(self, request):
        self.asked += 1
        await self.answers.wait()
        return web.json_response({"events": [], "responses": []}, status=self.status)

    async def health(self, request):
        self.looked_at += 1
        await self.answers.wait()
        return web.json_response({"status": "ok"})

    async def start(self, stack):
        application = web.Application()
        application.router.add_post("/webhook", self.act)
        application.router.add_get("/health", self.health)
        running = await stack.enter_async_context(TestServer(application))
        stack.callback(self.answers.set)  # else its end would wait for the answers
        return f"http://{running.host}:{running.port}"


class Customer:
    """A turn that needs two actions, which goes on after the first one failed, as Rasa's do."""

    def __init__(self, stack, *addresses):
        self.server = action_servers.ActionServer(EndpointConfig(f"{','.join(addresses)}/webhook"))
        stack.push_async_callback(self.server._session().close)
        self.runs = 0

    async def handle(self, message):
        for _ in range(2):
            with suppress(Exception):
                await self.server.request(json={"tracker": {"events": []}})

    async def turn(self):
        """Whether it was whole."""
        self.runs += 1
        try:
            await turns.run(self.handle, UserMessage("bonjour", message_id="1"))
        except turns.TurnBroken:
            return False
        return True

    async def say(self):
        """The turn, run until it is whole; how many times that was."""
        before = self.runs
        while not await self.turn():
            assert self.runs < before + 10, "never answered"
        return self.runs - before


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Seconds are short here."""
    monkeypatch.setattr(action_servers, "ACTION_SECONDS", 0.5)
    monkeypatch.setattr(action_servers, "CONNECT_SECONDS", 0.2)


def run(scene, count=2):
    """The scene, given the servers and a customer of theirs."""

    async def all_of_it():
        async with AsyncExitStack() as stack:
            servers = [Server() for _ in range(count)]
            customer = Customer(stack, *[await server.start(stack) for server in servers])
            await asyncio.wait_for(scene(customer, *servers), PATIENCE_SECONDS)

    asyncio.run(all_of_it())


async def later():
    """The loop's clock, which may count in milliseconds, has gone on."""
    time_of = asyncio.get_running_loop().time
    before = time_of()
    while time_of() == before:
        await asyncio.sleep(0)


def test_the_servers_take_turns():
    async def scene(customer, one, other):
        for _ in range(5):
            assert await customer.say() == 1
        assert (one.asked, other.asked) == (5, 5)

    run(scene)


def test_one_that_hangs_breaks_a_turn_once_and_the_next_run_is_whole():
    async def scene(customer, well, hung):
        hung.answers.clear()
        assert await customer.say() <= 2
        assert [await customer.say() for _ in range(5)] == [1] * 5
        assert hung.asked == 1

    run(scene)


def test_no_turn_waits_to_find_out_whether_it_still_hangs(monkeypatch):
    monkeypatch.setattr(action_servers, "AVOIDED_SECONDS", 0.1)

    async def scene(customer, well, hung):
        hung.answers.clear()
        await customer.say()
        while hung.looked_at < 3:
            assert await customer.say() == 1
            await asyncio.sleep(0)  # let what looks at it run
        assert hung.asked == 1

    run(scene)


def test_one_that_is_back_is_asked_again(monkeypatch):
    monkeypatch.setattr(action_servers, "AVOIDED_SECONDS", 0.1)

    async def scene(customer, well, hung):
        hung.answers.clear()
        await customer.say()
        hung.answers.set()
        while hung.asked < 3:
            assert await customer.say() == 1

    run(scene)


def test_one_that_hangs_alone_is_asked_all_the_same_and_once_in_a_turn():
    async def scene(customer, hung):
        hung.answers.clear()
        assert not await customer.turn()
        assert not await customer.turn()
        assert hung.asked == 2, "Rasa goes on in a broken turn, but nobody shall wait for it twice"
        hung.answers.set()
        assert await customer.say() == 1

    run(scene, count=1)


@pytest.mark.parametrize("status", [401, 502, 503, 504])
def test_a_proxy_without_its_server_is_one_that_is_away(status):
    async def scene(customer, well, away):
        away.status = status
        assert await customer.say() <= 2
        assert await customer.say() == 1
        assert away.asked == 1

    run(scene)


def test_whether_one_answers_is_asked_when_none_did_lately(monkeypatch):
    async def scene(customer, one, other):
        one.answers.clear()
        assert await customer.server.answers()
        assert (one.looked_at, other.looked_at) == (1, 1)
        assert await customer.server.answers()
        assert (one.looked_at, other.looked_at) == (1, 1), "they are asked at each look"
        monkeypatch.setattr(action_servers, "BELIEVED_SECONDS", 0)
        await later()
        other.answers.clear()
        assert not await customer.server.answers()
        other.answers.set()
        assert await customer.server.answers()

    run(scene)


@pytest.mark.parametrize("status", [400, 500])
def test_a_fault_of_the_action_itself_is_an_answer(status):
    async def scene(customer, one, other):
        one.status = other.status = status
        for _ in range(2):
            with pytest.raises(ClientResponseError) as fault:
                await customer.server.request(json={"tracker": {"events": []}})
            assert fault.value.status == status
        assert (one.asked, other.asked) == (1, 1)

    run(scene)


def refusing(stack):
    return f"http://127.0.0.1:{unused_port()}"


def silent(stack):
    """Where no connection is made, as where a machine is off: the queue is full, and the system drops what comes."""
    listening = stack.enter_context(socket.socket())
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    while True:
        waiting = stack.enter_context(socket.socket())
        waiting.settimeout(0.2)
        try:
            waiting.connect(listening.getsockname())
        except TimeoutError:
            return f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("address", [refusing, silent])
def test_one_that_cannot_be_reached_breaks_no_turn(address):
    async def scene():
        with ExitStack() as sockets:
            away = address(sockets)
            async with AsyncExitStack() as stack:
                customer = Customer(stack, away, await Server().start(stack))
                assert await customer.say() == 1
                begun = time.monotonic()
                assert [await customer.say() for _ in range(5)] == [1] * 5
                assert time.monotonic() - begun < action_servers.CONNECT_SECONDS, "it was tried again by each turn"

    asyncio.run(scene())
