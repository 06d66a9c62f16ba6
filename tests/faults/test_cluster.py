"""The deployment of deploy/ without containers: PostgreSQL, nginx, two web and two bot processes."""

import asyncio
import gzip
import json
import math
import ssl
import threading
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import psycopg
import pytest
from django.conf import settings

from bot import model_checksum
from harness import nginx, postgres
from harness.chat_client import ChatClient
from harness.console_client import ConsoleClient
from harness.delivery_stats import all_answered, delivery_stats
from harness.deploy_files import README
from harness.deployments import several_processes
from harness.faults import ON_SEVERAL_PROCESSES
from harness.load_clients import Customer
from harness.processes import get_json, kind_of, wait_for
from harness.slo import assert_slo
from tests.conftest import MODEL

pytestmark = pytest.mark.processes
CONVERSATIONS = 200


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    if not (postgres.installed() and nginx.installed()):
        pytest.skip("PostgreSQL or nginx is not installed (Debian: postgresql, nginx)")
    with several_processes(tmp_path_factory.mktemp("cluster")) as deployment:
        yield deployment


def nothing_lost(cluster, clients):
    """The number of messages that were sent; asserts that each has exactly one correct answer."""
    found = delivery_stats(cluster.processes, clients.customers)
    assert found == all_answered(found.acknowledged)
    return found.acknowledged


def test_two_hundred_conversations_at_once_use_every_process(cluster):
    with cluster.clients(CONVERSATIONS, messages=1) as clients:
        pass  # one message each
    assert nothing_lost(cluster, clients) == CONVERSATIONS
    assert all(worked(cluster, name) for name in cluster.processes.names)


WORK = {
    "web": ("/metrics", "chat_messages_answered_total"),
    "bot": ("/webhooks/chat/metrics", "bot_turn_seconds_count"),
}


def worked(cluster, name):
    """How many messages this process has handled, according to its metrics."""
    path, metric = WORK[kind_of(name)]
    url = f"http://127.0.0.1:{cluster.processes.ports[name]}{path}"
    with urllib.request.urlopen(url, timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(metric))


def test_thirty_messages_at_once_of_one_customer_keep_their_order(cluster):
    async def all_at_once():
        context = ssl.create_default_context(cafile=cluster.certificate)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, ssl=context)) as session:
            customer = Customer(cluster.url, session)
            await customer.open()
            numbers = await asyncio.gather(*(customer.post(f"message {n}") for n in range(30)))
            await customer.wait_for_answer(max(numbers))
            return customer

    customer = asyncio.run(all_at_once())
    by_number = [text for _, text in sorted(customer.acknowledged)]
    stored = [message["text"] for message in customer.messages if message["from"] == "customer"]
    assert len(set(by_number)) == 30
    assert stored == by_number == cluster.processes.rasa_messages(customer.conversation)


def test_a_message_sent_to_two_bots_at_once_is_stored_once(cluster):
    """For example, because the first process is slow and counts as unhealthy."""
    processes = cluster.processes
    conversations = [uuid.uuid4().hex for _ in range(20)]

    def hand_over(name, conversation):
        url = f"http://127.0.0.1:{processes.ports[name]}/webhooks/chat/messages"
        body = json.dumps({"conversation": conversation, "message_id": "1", "text": "bonjour"}).encode()
        headers = {"Authorization": f"Bearer {settings.BOT_SECRET}"}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code

    with ThreadPoolExecutor(16) as pool:
        pairs = [(name, conversation) for conversation in conversations for name in ("bot", "bot-2")]
        statuses = list(pool.map(lambda pair: hand_over(*pair), pairs))
    # 503: the other process handled it; a retry gets the recorded replies.
    assert set(statuses) <= {200, 503}
    for conversation in conversations:
        assert processes.rasa_messages(conversation) == ["bonjour"]
        assert hand_over("bot", conversation) == 200


def test_one_of_each_kind_and_then_the_database_are_killed_under_load_and_nothing_is_lost(cluster):
    processes, seconds = cluster.processes, ("web-2", "bot-2")
    with cluster.clients(20) as clients:
        wait_for(lambda: clients.all_answered_since(0))
        for name in seconds:
            killed = time.monotonic()
            processes.kill(name)
            # The remaining processes serve everybody.
            wait_for(lambda killed=killed: clients.all_served_since(killed), 120)
        cluster.database.stop()
        cluster.database.start()
        started = time.monotonic()
        for name in seconds:
            processes.start(name)
        wait_for(lambda: clients.all_answered_since(started), 120)
    assert nothing_lost(cluster, clients) >= 20 * 5
    processes.wait_until_healthy()


@pytest.mark.parametrize("fault", ON_SEVERAL_PROCESSES)
def test_no_message_is_lost_in_a_fault(cluster, fault):
    assert_slo(cluster, fault)


def test_a_rollout_and_a_rollback_of_a_model_lose_no_message(cluster, tmp_path):
    """Roll the bot processes one after the other, as in docs/operations.md, at a load that one process can handle."""
    new = tmp_path / "new.tar.gz"
    new.write_bytes(gzip.compress(gzip.decompress(MODEL.read_bytes()), compresslevel=1))
    model_checksum.checksum_path(new).write_text(f"{model_checksum.digest(new)}  {new.name}\n")
    with cluster.clients(12, reading=3) as clients:
        wait_for(lambda: clients.all_answered_since(0))
        for model in (new, MODEL):
            for name in ("bot", "bot-2"):
                cluster.processes.end(name)
                cluster.processes.start(name, MODEL=str(model))
                wait_for(lambda name=name: serves(cluster, name), 120, equal_to=model_checksum.digest(model))
                # Wait until customers use it again before the next one is stopped.
                wait_for(lambda name=name: worked(cluster, name), 60)
    assert clients.notices_since(0) == set()
    nothing_lost(cluster, clients)


def serves(cluster, rasa):
    """The SHA-256 of the model that this process has loaded; "" while it is unavailable."""
    status, body = get_json(f"http://127.0.0.1:{cluster.processes.ports[rasa]}/webhooks/chat/health")
    return body["model"] if status == 200 else ""


def test_a_backup_that_is_restored_goes_on_where_it_was_made(cluster, tmp_path):
    """The commands of docs/operations.md: the backup contains what was said before it, and nothing later."""
    chat = ChatClient(f"http://127.0.0.1:{cluster.processes.ports['web']}").open()
    chat.say("où est mon colis PX48207264 camille.durand@example.com")
    postgres.backup(cluster.database.url, tmp_path / "backup")
    chat.say("merci")
    for name in cluster.processes.names:
        cluster.processes.end(name)
    postgres.restore(cluster.database.url, tmp_path / "backup")
    for name in cluster.processes.names:
        cluster.processes.start(name)
    cluster.processes.wait_until_healthy()
    chat.messages.clear()
    chat.read(wait=0)
    assert [message["text"] for message in chat.messages if message["from"] == "customer"][-1] != "merci"
    text = " ".join(reply["text"] for reply in chat.say("et si je veux le renvoyer ?"))
    assert "PX48207264" in text


def test_the_databases_log_holds_no_words_of_customers(cluster):
    """Not even for a failing statement, which PostgreSQL logs by default, or for a duplicate key."""
    said = "où est mon colis PX48207264 camille.durand@example.com"
    # Django and Rasa also write values into the statement.
    with psycopg.connect(cluster.database.url, autocommit=True, cursor_factory=psycopg.ClientCursor) as line:
        line.execute("CREATE TEMPORARY TABLE kept (said text UNIQUE)")
        line.execute("INSERT INTO kept VALUES (%s)", [said])
        for fails in ("SELECT 1 / 0, %s", "INSERT INTO kept VALUES (%s)"):
            with pytest.raises(psycopg.Error):
                line.execute(fails, [said])
    log = cluster.database.log.read_text(errors="replace")
    assert "division by zero" in log
    assert "duplicate key" in log
    for piece in ("mon colis", "PX48207264", "example.com"):
        assert piece not in log
    # For a PostgreSQL outside deploy/compose.yml, README.md documents the same settings.
    for setting in postgres.LOGGING:
        assert setting.replace("=", " = ") in README


def test_updates_of_one_web_process_reach_the_readers_of_the_other_at_once(cluster):
    """Without the notification, a reader polls every two seconds, so the usual wait would be a second."""

    async def talk():
        web, other = (f"http://127.0.0.1:{cluster.processes.ports[name]}" for name in ("web", "web-2"))
        async with aiohttp.ClientSession() as session:
            writer = Customer(web, session)
            await writer.open()
            reader = Customer(other, session, writer.token)
            clock, waits = asyncio.get_running_loop().time, []
            for n in range(5):
                waiting = asyncio.create_task(reader.wait_for_answer(2 * n + 1))
                seq = await writer.post("merci")
                await writer.wait_for_answer(seq)
                begin = clock()
                await waiting
                waits.append(clock() - begin)
            return waits

    # Two of the five may be slow on a loaded machine.
    assert sorted(asyncio.run(talk()))[2] < 0.5


def received(address, headers, piece):
    """Yield once the stream is open and once the time starts; then, the seconds until an event contains `piece`."""
    ready, begin = threading.Event(), []

    def listen():
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as stream:
            for line in stream:
                ready.set()
                if piece in line.decode():
                    return time.monotonic() - begin[0]
        return math.inf

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(listen)
        assert ready.wait(20)
        yield begin.append(time.monotonic())
        yield waiting.result()


def test_typing_and_read_marks_are_published_to_the_other_web_process(cluster):
    """The streams are on one process; the calls go to the other."""
    web, other = (f"http://127.0.0.1:{cluster.processes.ports[name]}" for name in ("web", "web-2"))
    agent, customer = ConsoleClient.signed_in(cluster.processes, "review"), ChatClient(web).open()
    customer.say("bonjour")
    conversation = uuid.UUID(customer.token.split(":")[0])
    assert agent.post(f"boite/{conversation}/prendre", to="boite/").status == 200
    as_customer = {"Authorization": f"Bearer {customer.token}"}
    as_agent = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in agent.cookies)}
    of_customer, of_agent = f"{web}/chat/v1/stream?after=0", f"{web}/console/boite/flux?c={conversation.hex}"
    agent.web_url = customer.web_url = other
    cases = [
        (of_customer, as_customer, '"typing": true, "read": 1', lambda: agent.post(path, ecrit="1", lu="1")),
        (of_agent, as_agent, '"typing": true', lambda: customer.call("POST", "activity", {"typing": True})),
        (of_agent, as_agent, '"read": 2', lambda: customer.call("POST", "activity", {"read": 2})),
    ]
    path = f"boite/{conversation}/activite"
    for address, headers, piece, call in cases:
        listening = received(address, headers, piece)
        next(listening)
        assert call().status == 204
        assert next(listening) < 1


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/admin/", "/contact", "/webhooks/chat/health"])
def test_the_proxy_shows_the_chat_the_widget_and_the_console_only(cluster, path):
    assert status(cluster, path) == 404


@pytest.mark.parametrize("path", ["/widget.js", "/console/connexion/", "/static/console/console.css"])
def test_what_the_proxy_shows_is_there(cluster, path):
    assert status(cluster, path) == 200


def test_a_body_that_is_too_big_is_refused_in_french(cluster):
    body = b"x" * 20_000
    answer = request(cluster, "/chat/v1/messages", body)
    assert (answer[0], b"trop volumineuse" in answer[1]) == (413, True)


def status(cluster, path):
    return request(cluster, path)[0]


def request(cluster, path, body=None):
    context = ssl.create_default_context(cafile=cluster.certificate)
    try:
        with urllib.request.urlopen(cluster.url + path, body, context=context, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as fault:
        return fault.code, fault.read()


# One process that claims every conversation for one agent, as soon as all are ready; prints the ids that it got.
# Each process uses its own order: with the same order, the first process would stay a row ahead and claim all.
CLAIM = """
import pathlib, random, time, uuid
from django.contrib.auth.models import User
from chat import takeover
agent = User.objects.get_or_create(username="agent-{number}")[0]
conversations = [uuid.UUID(one) for one in "{conversations}".split()]
random.Random({number}).shuffle(conversations)
ready = pathlib.Path("{ready}")
(ready / "{number}").touch()
while len(list(ready.iterdir())) < {processes}:
    time.sleep(0.001)
for conversation in conversations:
    try:
        takeover.take(conversation, agent)
        print(conversation)
    except takeover.NotYours:
        pass
"""
CLAIMING_PROCESSES, CLAIMED = 6, 50
OPEN = f"""
from chat.conversations import open_conversation
print(*(open_conversation(f"192.0.2.{{n}}").id for n in range({CLAIMED})))
"""


def test_of_many_processes_that_claim_at_once_exactly_one_gets_each_conversation(cluster, tmp_path):
    conversations = cluster.processes.manage("shell", "-v0", "-c", OPEN).split()
    assert len(conversations) == CLAIMED

    def claim(number):
        ids = " ".join(conversations)
        script = CLAIM.format(number=number, conversations=ids, ready=tmp_path, processes=CLAIMING_PROCESSES)
        return cluster.processes.manage("shell", "-v0", "-c", script).split()

    with ThreadPoolExecutor(CLAIMING_PROCESSES) as claiming:
        won = list(claiming.map(claim, range(CLAIMING_PROCESSES)))
    assert sorted(one for ids in won for one in ids) == sorted(conversations)
    assert sum(bool(ids) for ids in won) > 1  # they did compete
