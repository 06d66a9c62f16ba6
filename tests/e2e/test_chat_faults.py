"""An acknowledged message is answered exactly once, whichever process is killed, and delay notices are true."""

import json
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle

import pytest

from chat.system_messages import FAILED, LATE, UNAVAILABLE
from harness.chat_client import ChatClient
from harness.faults import locked_file
from harness.processes import unread, wait_for

pytestmark = pytest.mark.processes
# The objective is a third of five seconds (tests/conftest.py); a loaded machine may need longer.
TIMEOUT_SECONDS = 15


@pytest.fixture
def chat(isolated_bot):
    chat = ChatClient(isolated_bot.web_url).open()
    chat.say("bonjour")
    return chat


def wait_for_delay_notice(chat):
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not any(message["text"] == LATE for message in chat.messages):
        assert time.monotonic() < deadline, f"no delay notice within {TIMEOUT_SECONDS} s"
        chat.read(wait=1)


def answered_once(isolated_bot, chat, *asked):
    """Assert that the bot received each of these texts once, and that no answer is the apology."""
    received = isolated_bot.rasa_messages(chat.token.split(":")[0])
    assert [received.count(text) for text in asked] == [1] * len(asked), received
    seqs = [message["seq"] for message in chat.messages]
    assert seqs == list(range(1, len(seqs) + 1))
    for text in asked:
        assert sum(message["text"] == text for message in chat.messages) == 1
    return [message["text"] for message in chat.messages if message["from"] == "bot"]


def test_when_the_bot_is_killed_the_customer_is_notified_and_answered_once_it_is_back(isolated_bot, chat):
    isolated_bot.kill("bot")
    try:
        seq = chat.post("où est mon colis ?").json["seq"]
        wait_for_delay_notice(chat)
        assert chat.read(wait=0)["typing"]
    finally:
        isolated_bot.start("bot")
        isolated_bot.wait_until_healthy()
    chat.wait_for_answer(seq)
    replies = answered_once(isolated_bot, chat, "où est mon colis ?")
    assert replies.count(LATE) == 1
    assert "Mon compte" in replies[-2] + replies[-1]


def test_a_suspended_bot_answers_once_when_it_resumes(isolated_bot, chat):
    isolated_bot.freeze("bot")
    try:
        seq = chat.post("comment retourner mon produit ?").json["seq"]
        wait_for_delay_notice(chat)
    finally:
        isolated_bot.resume("bot")
    chat.wait_for_answer(seq)
    replies = answered_once(isolated_bot, chat, "comment retourner mon produit ?")
    assert replies.count(LATE) == 1


def test_when_nothing_can_be_stored_waiting_readers_are_notified(isolated_bot, chat):
    """The delay notice cannot be stored either. Reads work, but would never find a new message."""
    isolated_bot.freeze("bot")
    seq = chat.post("où est mon colis ?").json["seq"]
    try:
        with locked_file(isolated_bot.folder / "pixmania.sqlite3"):
            wait_for(lambda: chat.call("GET", f"messages?after={seq}&wait=1").status, TIMEOUT_SECONDS, equal_to=503)
            assert chat.call("GET", f"messages?after={seq}").json["message"] == UNAVAILABLE
            refused = chat.call("GET", f"stream?after={seq}")
            assert (refused.status, refused.json["message"]) == (503, UNAVAILABLE)
    finally:
        isolated_bot.resume("bot")
    chat.wait_for_answer(seq)
    answered_once(isolated_bot, chat, "où est mon colis ?")


def test_replies_that_cannot_be_stored_lead_to_an_apology_and_block_no_other_customer(isolated_bot):
    unstorable = [
        {"text": "sans le reste"},
        {"text": "un bouton", "buttons": [{"title": None, "payload": "/affirm"}], "card": None},
    ]
    with broken_bot([{"replies": [reply]} for reply in unstorable]) as url:
        isolated_bot.kill("web")
        isolated_bot.start("web", RASA_URL=url)
        try:
            chat = ChatClient(isolated_bot.web_url)
            wait_for(lambda: chat.call("POST", "conversations").status, equal_to=201)
            chat.open()
            for text in ("où est mon colis ?", "et ma facture ?", "merci"):
                assert FAILED in [reply["text"] for reply in chat.say(text)]
        finally:
            isolated_bot.kill("web")
            isolated_bot.start("web")
            isolated_bot.wait_until_healthy()


def test_the_web_process_killed_right_after_the_acknowledgement(isolated_bot, chat):
    seq = chat.post("où est ma facture ?").json["seq"]
    isolated_bot.kill("web")
    assert chat.call("GET", "messages").status == 0
    isolated_bot.start("web")
    isolated_bot.wait_until_healthy()
    chat.wait_for_answer(seq)
    answered_once(isolated_bot, chat, "où est ma facture ?")


def test_messages_of_an_outage_are_answered_in_their_order(isolated_bot, chat):
    asked = ["où est mon colis ?", "et ma facture ?", "merci"]
    isolated_bot.kill("bot")
    seqs = [chat.post(text).json["seq"] for text in asked]
    isolated_bot.kill("web")
    isolated_bot.start("bot")
    isolated_bot.start("web")
    isolated_bot.wait_until_healthy()
    chat.wait_for_answer(seqs[-1])
    answered_once(isolated_bot, chat, *asked)
    assert isolated_bot.rasa_messages(chat.token.split(":")[0])[-3:] == asked


def test_the_bot_erases_an_erased_conversation_even_if_it_was_down_then(isolated_bot, chat):
    conversation = chat.token.split(":")[0]
    assert isolated_bot.rasa_messages(conversation) == ["bonjour"]
    isolated_bot.kill("bot")
    assert chat.call("DELETE", "conversation").status == 204
    isolated_bot.start("bot")
    isolated_bot.wait_until_healthy()
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while isolated_bot.rasa_messages(conversation):
        assert time.monotonic() < deadline, "the bot has not erased it"
        time.sleep(0.1)  # polling interval


def test_a_turn_that_runs_while_its_conversation_is_erased_stores_nothing(isolated_bot, chat):
    conversation = chat.token.split(":")[0]
    isolated_bot.freeze("bot")
    try:
        chat.post("où est mon colis ?")
        wait_for(lambda: unread(isolated_bot.ports["bot"]))
        assert chat.call("DELETE", "conversation").status == 204
    finally:
        isolated_bot.resume("bot")
    deadline = time.monotonic() + 2 * TIMEOUT_SECONDS
    while not is_erased_in_bot(isolated_bot, conversation):
        assert time.monotonic() < deadline, "the bot has not erased it"
        time.sleep(0.1)  # polling interval
    assert isolated_bot.rasa_messages(conversation) == []


def is_erased_in_bot(isolated_bot, conversation):
    with closing(sqlite3.connect(isolated_bot.folder / "pixmania.sqlite3")) as database:
        query = "SELECT forgotten_at FROM chat_conversation WHERE id = ?"
        return database.execute(query, [conversation]).fetchone()[0]


@contextmanager
def broken_bot(answers):
    """The URL of a bot that answers the messages with these responses in turn."""
    responses = cycle(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(next(responses)).encode())

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
