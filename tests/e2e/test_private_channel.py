"""The private channel between `chat` and the bot: its secret, its format, each message once, and truthful errors."""

import json
import select
import sqlite3
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import pytest

from harness.faults import locked_file
from harness.processes import wait_for

pytestmark = pytest.mark.processes


@pytest.fixture(scope="session")
def secret():
    from django.conf import settings

    return settings.BOT_SECRET


@pytest.fixture
def call(bot, secret):
    """(status, JSON) of a call to the private channel; a body of bytes is sent unchanged."""
    return lambda *arguments, **options: channel(bot, secret, *arguments, **options)


def channel(processes, secret, body=None, path="messages", method="POST", **headers):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    url = f"{processes.env['RASA_URL']}/webhooks/chat/{path}"
    sent = {"Authorization": f"Bearer {secret}"} | headers
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, sent, method=method), timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def message(**fields):
    return {"conversation": uuid.uuid4().hex, "message_id": "1"} | fields


def test_replies_have_one_shape(call):
    status, answer = call(message(text="où est mon colis PX48207264 camille.durand@example.com"))
    assert status == 200
    for reply in answer["replies"]:
        assert set(reply) == {"text", "buttons", "card"}
        assert all(set(button) == {"title", "payload"} for button in reply["buttons"])
    assert [reply["card"]["number"] for reply in answer["replies"] if reply["card"]] == ["PX48207264"]


def test_an_answer_comes_with_its_explanation(call):
    asked = message(text="où est mon colis PX48207264 camille.durand@example.com")
    explained = call(asked)[1]["explanation"]
    assert explained["intent"] == "where_is_parcel"
    assert 0 < explained["confidence"] <= 1
    assert "action_parcel" in {action["name"] for action in explained["actions"]}
    assert explained["slots"]["email"] == "camille.durand@example.com"
    assert [reply["card"]["number"] for reply in explained["replies"] if reply["card"]] == ["PX48207264"]
    call(asked | {"message_id": "2", "text": "merci"})
    path = f"conversations/{asked['conversation']}/explanations"
    kept = call(None, path=path, method="GET")[1]["explanations"]
    assert kept["1"] == explained
    assert kept["2"]["intent"] == "thank"
    assert call(None, path=path, method="GET", Authorization="Bearer x")[0] == 401


def test_the_same_message_is_handled_once_and_gives_back_its_replies(bot, call):
    asked = message(text="où est mon colis PX48207264 camille.durand@example.com")
    first = call(asked)
    assert call(asked) == first
    call(asked | {"message_id": "2", "text": "merci"})
    assert call(asked) == first
    assert bot.rasa_messages(asked["conversation"]) == [asked["text"], "merci"]


def test_the_same_message_many_times_at_once_is_handled_once(bot, call):
    asked = message(text="où est ma facture ?")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: call(asked), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert bot.rasa_messages(asked["conversation"]) == [asked["text"]]


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer x", "Basic x", "bearer"])
def test_without_the_secret_nothing_is_said_and_nothing_kept(bot, call, given):
    asked = message(text="bonjour")
    assert call(asked, Authorization=given)[0] == 401
    assert call(None, path=f"conversations/{asked['conversation']}", method="DELETE", Authorization=given)[0] == 401
    assert bot.rasa_messages(asked["conversation"]) == []


def test_a_message_of_long_ago_is_not_handled_again(bot, call):
    """For example, a suspended process resumes an old request that another process has answered since."""
    asked = message(text="bonjour") | {"message_id": "1"}
    for number in range(1, 13):
        assert call(asked | {"message_id": str(number), "text": f"merci {number}"})[0] == 200
    assert call(asked)[0] == 503
    assert bot.rasa_messages(asked["conversation"]) == [f"merci {number}" for number in range(1, 13)]


@pytest.mark.parametrize("text", ["🙂" * 2000, "x" * 1984 + "[numéro de carte masqué]"], ids=["emoji", "masked"])
def test_what_the_chat_takes_in_is_never_too_long(call, text):
    """JSON encodes an emoji in twelve bytes, and a card's placeholder is longer than the card."""
    assert call(message(text=text))[0] == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"\xff", 400),
        (b"x" * 70_000, 413),
        ({}, 400),
        (message(), 400),
        (message(text=""), 400),
        (message(text=" \u00a0"), 400),
        (message(text=5), 400),
        (message(text="x" * 10_001), 400),
        (message(text="x", payload="/greet"), 400),
        (message(payload="greet"), 400),
        (message(payload="/greet; DROP"), 400),
        (message(text="x", conversation=""), 400),
        (message(text="x", conversation="a b"), 400),
        (message(text="x", conversation="a" * 65), 400),
        (message(text="x", message_id=None), 400),
    ],
)
def test_a_body_of_the_wrong_shape(call, body, status):
    answered, error = call(body)
    assert (answered, set(error)) == (status, {"error"})


def test_a_payload_is_a_command_and_a_text_never(bot, call):
    conversation = uuid.uuid4().hex
    as_button = call(message(conversation=conversation, payload="/where_is_parcel"))[1]["replies"]
    assert "Mon compte" in as_button[0]["text"]
    as_text = call(message(conversation=conversation, message_id="2", text="\u2003/where_is_parcel"))[1]["replies"]
    assert as_text != as_button
    assert bot.rasa_messages(conversation)[1] == "\N{DIVISION SLASH}where_is_parcel"


def test_erasing_a_conversation_erases_its_events(bot, call):
    asked = message(text="bonjour")
    call(asked)
    status, answer = call(None, path=f"conversations/{asked['conversation']}", method="DELETE")
    assert status == 200
    assert answer["erased"] > 0
    assert bot.rasa_messages(asked["conversation"]) == []


def test_an_erasure_waits_for_the_turn_that_runs(isolated_bot, secret):
    """Otherwise a turn saved after the erasure would restore the conversation."""
    asked = message(text="où est mon colis PX48207264 camille.durand@example.com")
    path = f"/webhooks/chat/conversations/{asked['conversation']}"
    with ThreadPoolExecutor() as pool, closing(HTTPConnection("127.0.0.1", isolated_bot.ports["bot"])) as eraser:
        # The look-up waits for the lock, and the bot's turn waits for the look-up.
        with locked_file(isolated_bot.folder / "pixmania.sqlite3"):
            turn = pool.submit(channel, isolated_bot, secret, asked)
            wait_for(lambda: "bot_turns_running 1.0" in metrics_page(isolated_bot))
            eraser.request("DELETE", path, headers={"Authorization": f"Bearer {secret}"})
            # The bot has received the erasure once it answers a later request.
            assert "bot_turns_running 1.0" in metrics_page(isolated_bot)
            assert select.select([eraser.sock], [], [], 0)[0] == []
            assert not turn.done()
        assert turn.result()[0] == 200
        assert json.load(eraser.getresponse())["erased"] > 0
    assert isolated_bot.rasa_messages(asked["conversation"]) == []


def metrics_page(isolated_bot):
    with urllib.request.urlopen(f"{isolated_bot.env['RASA_URL']}/webhooks/chat/metrics", timeout=20) as page:
        return page.read().decode()


def test_without_its_store_the_bot_is_red_and_begins_no_new_conversation(isolated_bot, secret):
    """Rasa would silently start an empty conversation."""
    asked = message(text="bonjour")
    assert channel(isolated_bot, secret, asked)[0] == 200
    with closing(sqlite3.connect(isolated_bot.folder / "rasa.sqlite3")) as store:
        store.execute("ALTER TABLE events RENAME TO renamed")
    try:
        status, error = channel(isolated_bot, secret, asked | {"message_id": "2"})
        assert status == 503, error
        assert isolated_bot.health()[0] == 503
    finally:
        with closing(sqlite3.connect(isolated_bot.folder / "rasa.sqlite3")) as store:
            store.execute("ALTER TABLE renamed RENAME TO events")
    assert isolated_bot.health()[0] == 200
    assert channel(isolated_bot, secret, asked | {"message_id": "2"})[0] == 200
    assert isolated_bot.rasa_messages(asked["conversation"]) == ["bonjour", "bonjour"]
