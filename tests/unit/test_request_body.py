"""The limits while a request's body is read: size, time, and the depth of its JSON."""

import asyncio

import pytest
from django.core.exceptions import RequestAborted

from chat import request_body
from shop import json_object


def received(*chunks, then_more=False):
    """ASGI's `receive`, which returns these chunks. With `then_more`, it then waits, like an open connection."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages[-1]["more_body"] = then_more
    left = iter(messages)

    async def receive():
        message = next(left, None)
        return message or await asyncio.Event().wait()

    return receive


def read(receive, max_bytes=10):
    return asyncio.run(asyncio.wait_for(request_body.read(receive, max_bytes), 5))


def test_a_body_arrives_in_pieces():
    assert read(received(b"12345", b"", b"67890")) == b"1234567890"


@pytest.mark.parametrize("chunks", [[b"x" * 11], [b"x" * 6, b"x" * 6], [b"x"] * 11], ids=["one", "two", "bytes"])
def test_one_byte_too_many_ends_the_reading(chunks):
    """The refusal comes without waiting for the rest of the body."""
    with pytest.raises(request_body.TooBig):
        read(received(*chunks, then_more=True))


def test_a_body_that_does_not_end_is_given_up(monkeypatch):
    monkeypatch.setattr(request_body, "SECONDS", 0.01)
    with pytest.raises(request_body.TooSlow):
        read(received(b"{", then_more=True))


def test_a_client_that_disconnects_gets_no_answer():
    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(RequestAborted):
        read(receive)


def test_an_object_is_read():
    assert json_object.parse('{"text": "été", "n": [1, {"a": null}]}'.encode()) == {
        "text": "été",
        "n": [1, {"a": None}],
    }


NO_OBJECT = {
    "nothing": b"",
    "half": b'{"text": "bon',
    "a list": b"[]",
    "a word": b'"x"',
    "deep": b"[" * 10_000 + b"]" * 10_000,
    "deep in a value": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "Latin-1": '{"text": "été"}'.encode("latin-1"),
    "UTF-16": '{"text": "été"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"text": "x"}',
    "a name twice": b'{"text": "x", "text": "y"}',
    "a name twice inside": b'{"a": {"b": 1, "b": 1}}',
    "a number without a bound": b'{"a": ' + b"9" * 5_000 + b"}",
    "not a number": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
}


@pytest.mark.parametrize("body", NO_OBJECT.values(), ids=NO_OBJECT.keys())
def test_anything_else_is_refused(body):
    with pytest.raises(json_object.NotAnObject):
        json_object.parse(body)
