"""A customer of the public chat API, over plain HTTP."""

import json
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


@dataclass
class ChatClient:
    """One conversation. `messages`: all received messages, in the order of their arrival."""

    web_url: str
    token: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
        """Send a request; a body of bytes is sent unchanged. The status is 0 if there is no response."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.token if token is None else token}"} | headers
        request = urllib.request.Request(f"{self.web_url}/chat/v1/{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read())
        except OSError as fault:
            return Answer(0, {}, str(fault).encode())

    def open(self) -> "ChatClient":
        self.token = self.call("POST", "conversations", token="").json["token"]
        return self

    def post(self, text: str | None = None, *, button: str | None = None, client_id: str | None = None) -> Answer:
        said = {"text": text} if button is None else {"button": button}
        return self.call("POST", "messages", {"client_id": client_id or str(uuid.uuid4())} | said)

    def read(self, wait: float = 20) -> dict[str, Any]:
        """New messages; none if the server answers that it cannot store anything at the moment."""
        after = self.messages[-1]["seq"] if self.messages else 0
        answer = self.call("GET", f"messages?after={after}&wait={wait}")
        if answer.status == 503:
            return {"messages": [], "answered": 0, "typing": True}
        updates: dict[str, Any] = answer.json
        self.messages += updates["messages"]
        return updates

    def wait_for_answer(self, seq: int, timeout: float = 60) -> list[dict[str, Any]]:
        """Wait until the answer to message `seq` is complete; return the messages since the call."""
        begin, deadline = len(self.messages), time.monotonic() + timeout
        while self.read()["answered"] < seq:
            assert time.monotonic() < deadline, f"no answer to {seq} within {timeout} s"
        return [message for message in self.messages[begin:] if message["from"] != "customer"]

    def say(self, text: str | None = None, *, button: str | None = None) -> list[dict[str, Any]]:
        """Post, and wait for the complete answer."""
        answer = self.post(text, button=button)
        assert answer.status == 202, answer.raw
        return self.wait_for_answer(answer.json["seq"])
