"""The HTTP edge under malformed, oversized, slow and mutated requests: refused, and never an error of ours."""

import json
import random
import socket
import uuid
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from harness.chat_client import ChatClient

pytestmark = pytest.mark.processes
MUTANTS = 400
# Statuses of an error of ours; 503 counts too, because it means that a request made a dependency fail.
FAULTS = range(500, 600)
CHUNKED = "Transfer-Encoding: chunked"


def send(port, *parts):
    """The status of the response to these raw bytes; 0 if the connection is closed without one."""
    with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
        answer = connection.makefile("rb").readline().split()
    return int(answer[1]) if answer else 0


def head(method, target, *headers):
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode("latin-1")


def chunk(data):
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


@pytest.mark.parametrize("path", ["conversations", "messages", "rating", "activity"])
@pytest.mark.parametrize("framing", ["chunked", "by length"])
def test_a_body_is_refused_as_soon_as_it_is_too_big(bot, chat, path, framing):
    """The rest of the body is never sent, so a server that waited for it would not answer."""
    big = b"x" * 17_000
    length, body = (CHUNKED, chunk(big)) if framing == "chunked" else ("Content-Length: 1000000000", big)
    request = head("POST", f"/chat/v1/{path}", length, f"Authorization: Bearer {chat.token}")
    assert send(bot.env["WEB_PORT"], request, body) == 413


def test_a_page_too_refuses_a_body_that_is_too_big(bot):
    request = head("POST", "/console/sign-in", CHUNKED)
    assert send(bot.env["WEB_PORT"], request, chunk(b"x" * 1_100_000)) == 413


@pytest.fixture
def chat(bot):
    return ChatClient(bot.web_url).open()


DEEP = b"[" * 10_000 + b"]" * 10_000


@pytest.mark.parametrize("place", ["body", "value"])
@pytest.mark.parametrize("channel", ["rest", "chat"])
def test_nested_json_is_malformed_for_the_bot_too(bot, channel, place):
    body = DEEP if place == "body" else b'{"sender": "a", "message": "x", "conversation": "a", "z": ' + DEEP + b"}"
    path = "/webhooks/rest/webhook" if channel == "rest" else "/webhooks/chat/messages"
    headers = f"Content-Length: {len(body)}", f"Authorization: Bearer {settings.BOT_SECRET}"
    # Not inside the assertion, which would print the secret.
    status = send(urlsplit(bot.env["RASA_URL"]).port, head("POST", path, *headers), body)
    assert status == 400


def test_no_mutated_request_makes_the_chat_fail(bot, chat):
    rng = random.Random(15)
    failed = []
    for _ in range(MUTANTS):
        request, body = mutant(rng, chat.token)
        status = send(bot.env["WEB_PORT"], request, body)
        if status in FAULTS:
            failed.append((status, request, body))
    assert failed == []
    assert bot.health()[0] == 200


STRANGE = [
    "",
    "\0",
    "\ud800",
    "é" * 50,
    "1e999",
    "-1",
    "9" * 400,
    "NaN",
    "%00",
    "../..",
    "'",
    '"',
    "{}",
    "²",
    "٣",
    " 1 ",
]
VALUES = [None, True, -1, 1e300, 10**400, [], {}, [[]], {"a": {}}, "", "\0", "\ud800", "/restart", "x" * 3000, "²"]
PATHS = ["conversations", "messages", "stream", "rating", "transcript.txt", "conversation", "", "nowhere", "messages/"]
METHODS = ["GET", "GET", "POST", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "x"]


def mutant(rng, token):
    """A request of the chat API with errors in some of its parts; never the one that erases the conversation."""
    path, method = rng.choice(PATHS), rng.choice(METHODS)
    if (method, path) in {("DELETE", "conversation"), ("GET", "stream"), ("HEAD", "stream")}:
        token = rng.choice(["", "x", token[:-1], "é", "x" * 5000])
    body = mutated_body(rng)
    headers = [
        f"Authorization: {rng.choice(['Bearer', 'Bearer', 'bearer', 'Basic', ''])} {token}",
        f"Content-Length: {len(body)}",
        *rng.sample(HEADERS, rng.randrange(3)),
    ]
    target = f"/chat/v1/{path}{mutated_query(rng)}"
    return head(method, target, *headers), body


HEADERS = [
    "Content-Type: application/json; charset=latin-1", "Content-Type: application/json; charset=nothing",
    "Content-Type: multipart/form-data; boundary=x", "Content-Type: application/x-www-form-urlencoded",
    "Content-Type: \xff", "Content-Encoding: gzip", "Origin: null", "Origin: http://pirate.example", "Origin: \xe9",
    "Last-Event-ID: \xb2", "Last-Event-ID: 1e9", "Accept: */\xff", "Cookie: sessionid=\xff; a",
    "X-Forwarded-For: \xe9, 1.2.3", "Access-Control-Request-Method: x", "Host: [", "Host: a b",
]  # fmt: skip


def mutated_query(rng):
    names = rng.sample(["after", "wait", "after", "x[]", "%ff"], rng.randrange(3))
    pairs = (f"{name}={quoted(rng.choice([*STRANGE, '0', '1']))}" for name in names)
    return "".join(f"{'&' if place else '?'}{pair}" for place, pair in enumerate(pairs))


def quoted(text):
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


def mutated_body(rng):
    fields = {
        "client_id": str(uuid.UUID(int=rng.getrandbits(128))),
        "text": "merci",
        "helpful": True,
        "comment": "ok",
    }
    for name in rng.sample(sorted(fields), rng.randrange(4)):
        fields[name] = rng.choice(VALUES)
    if rng.random() < 0.3:
        fields["button"] = rng.choice(VALUES)
        del fields["text"]
    body = json.dumps(fields).encode()
    change = rng.randrange(8)
    if change == 0:
        return body[: rng.randrange(len(body))]
    if change == 1:
        place = rng.randrange(len(body))
        return body[:place] + bytes([rng.randrange(256)]) + body[place + 1 :]
    if change == 2:
        return b"[" * rng.choice([100, 990, 8000]) + body
    return body
