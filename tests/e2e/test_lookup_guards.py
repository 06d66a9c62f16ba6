"""Attacks on the look-up limits through the chat API; each IP address is one of the loopback network."""

import json
import uuid
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.processes

REFUSED = "en pause ici jusqu’à"


@dataclass
class Customer:
    """Opens a new conversation for each question."""

    web_url: str
    address: str

    def call(self, method, path, token="", body=None):
        connection = HTTPConnection(urlsplit(self.web_url).netloc, timeout=60, source_address=(self.address, 0))
        headers = {"Authorization": f"Bearer {token}"}
        connection.request(method, f"/chat/v1/{path}", None if body is None else json.dumps(body), headers)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def ask(self, text):
        token = self.call("POST", "conversations")["token"]
        posted = self.call("POST", "messages", token, {"client_id": str(uuid.uuid4()), "text": text})
        while True:
            read = self.call("GET", "messages?after=0&wait=20", token)
            if read["answered"] >= posted["seq"]:
                return " ".join(message["text"] for message in read["messages"] if message["from"] == "bot")


@pytest.fixture
def look_up(isolated_bot):
    def ask(address, number, email):
        return Customer(isolated_bot.web_url, address).ask(f"où est ma commande {number} {email}")

    isolated_bot.manage("demo", "--load")
    return ask


@pytest.fixture
def order(isolated_bot):
    entries = json.loads(isolated_bot.manage("demo", "--json"))
    return next(entry for entry in entries if (entry["kind"], entry["label"]) == ("order", "shipped"))


def test_one_address_enumerates_no_orders(isolated_bot, look_up, order):
    replies = [look_up("127.0.3.1", f"PX2222{n:04}", f"y{n}@example.com") for n in range(23)]
    assert [REFUSED in reply for reply in replies] == [False] * 20 + [True] * 3
    assert REFUSED in look_up("127.0.3.1", order["number"], order["email"]), "the right pair is refused too"
    assert order["tracking_number"] in look_up("127.0.3.2", order["number"], order["email"])
    metrics = urlopen(f"{isolated_bot.web_url}/metrics", timeout=10).read().decode()
    assert "shop_failed_lookups 20.0" in metrics
    assert 'shop_lookup_alarm{limit="address"} 1.0' in metrics


@pytest.mark.parametrize("exists", [True, False])
def test_a_stranger_never_locks_the_owner_out(look_up, order, exists):
    number = order["number"] if exists else "PX33333333"
    replies = [look_up("127.0.4.1", number, f"z{n}@example.com") for n in range(8)]
    assert [REFUSED in reply for reply in replies] == [False] * 5 + [True] * 3
    assert order["tracking_number"] in look_up("127.0.4.2", order["number"], order["email"])


def test_no_look_alike_and_no_longer_address_opens_an_order(look_up, order):
    email = order["email"]
    others = [f"{email}@pirate.example", f"{email} @pirate.example", f"{email}.pirate.example", f"pirate@{email}"]
    others += [f"{email}\r\nBcc: x@pirate.example", f"{email}%0d%0a", email.replace("i", "\u0131", 1)]
    for n, other in enumerate(others):
        assert order["tracking_number"] not in look_up(f"127.0.5.{n}", order["number"], other), other
    assert order["tracking_number"] in look_up("127.0.5.100", order["number"], f" {email.title()} ")
