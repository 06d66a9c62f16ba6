"""The public chat API compared with its description, chat/api/openapi.yml, with the real processes."""

import json
import re
import threading
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

import jsonschema
import pytest

from harness.chat_client import ChatClient
from harness.project import ROOT, read

OPENAPI = read(ROOT / "chat/api/openapi.yml")
pytestmark = pytest.mark.processes
# A constant, because the tests' names contain it, and must be the same in all of pytest-xdist's workers.
CLIENT_ID = "5b0d7f1e-3c52-4a8e-9d1b-6f2a7c4e8d90"


@pytest.fixture
def chat(bot):
    return ChatClient(bot.web_url).open()


def check(answer, path, method, status):
    """The status is the expected one and documented, and the body matches its schema."""
    assert answer.status == status, answer.raw
    described = OPENAPI["paths"][path][method]["responses"][str(status)]
    if "$ref" in described:
        described = OPENAPI["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    for media, content in described.get("content", {}).items():
        assert answer.headers["content-type"].startswith(media)
        if media == "application/json":
            # References in the schema are relative to the document.
            jsonschema.Draft202012Validator(OPENAPI | content["schema"]).validate(answer.json)
    if status in (429, 503):
        assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    return answer


def test_every_described_call_exists_and_every_call_is_described():
    patterns = re.findall(r'path\("v1(/[^"]+)"', (ROOT / "chat/urls.py").read_text())
    addresses = {re.sub(r"<\w+:(\w+)>", r"{\1}", pattern) for pattern in patterns}
    assert addresses == set(OPENAPI["paths"])


def test_a_conversation_from_opening_to_erasing(bot):
    chat = ChatClient(bot.web_url)
    opened = check(chat.call("POST", "conversations", token=""), "/conversations", "post", 201).json
    chat.token = opened["token"]
    check(chat.post("bonjour"), "/messages", "post", 202)
    replies = chat.wait_for_answer(1)
    assert "assistant automatique" in replies[0]["text"]
    assert replies[0]["buttons"]
    updates = check(chat.call("GET", "messages"), "/messages", "get", 200).json
    assert [message["from"] for message in updates["messages"]][:2] == ["customer", "bot"]
    check(chat.post(button=replies[0]["buttons"][0]["id"]), "/messages", "post", 202)
    assert chat.wait_for_answer(3)
    transcript = check(chat.call("GET", "transcript.txt"), "/transcript.txt", "get", 200).raw.decode()
    assert "Vous\u00a0:\nbonjour" in transcript
    check(chat.call("POST", "activity", {"typing": True, "read": 1}), "/activity", "post", 204)
    check(chat.call("POST", "rating", {"helpful": True, "comment": "clair"}), "/rating", "post", 204)
    check(chat.call("DELETE", "conversation"), "/conversation", "delete", 204)
    check(chat.call("GET", "messages"), "/messages", "get", 401)


def test_an_order_card_comes_with_its_reply(bot, chat):
    order = next(entry for entry in json.loads(bot.manage("demo", "--json")) if entry["label"] == "delivered_recent")
    replies = chat.say(f"où est mon colis {order['number']} {order['email']}")
    card = next(reply["card"] for reply in replies if reply["card"])
    assert card["number"] == order["number"]
    assert card["delivered_on"] == order["delivered_on"]
    assert card["withdrawal"]["state"] == "open"
    check(chat.call("GET", "messages"), "/messages", "get", 200)


def test_a_question_says_what_it_asks_for(chat):
    asked = [chat.say(words)[-1].get("asks") for words in ("regardez ma commande", "PX48207264", "stop")]
    assert asked == ["order_number", "email", None]
    check(chat.call("GET", "messages"), "/messages", "get", 200)


def test_the_way_to_a_person_comes_with_its_cards(chat):
    contact = chat.say("je veux parler à un conseiller")[-1]
    assert contact["card"]["kind"] == "contact"
    chat.say(button=contact["buttons"][0]["id"])
    chat.say("jeanne@example.com")
    left = chat.say("je voudrais qu’on me rappelle au sujet de mon vélo")[-1]
    assert left["card"]["kind"] == "request"
    assert left["card"]["reference"] in left["text"]
    check(chat.call("GET", "messages"), "/messages", "get", 200)


def test_no_card_without_the_right_email(bot, chat):
    replies = chat.say("où est mon colis PX48207264 quelqu.un@example.com")
    assert not any(reply["card"] for reply in replies)
    assert "Roborock" not in json.dumps(chat.messages)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'"x"', 400),
        (b"\xff\xfe\x00", 400),
        (b"[" * 20000, 413),
        (b"[" * 9000, 400),
        (b"x" * 1_000_000, 413),
        ({}, 400),
        ({"client_id": "x", "text": "bonjour"}, 400),
        ({"client_id": 5, "text": "bonjour"}, 400),
        ({"client_id": None, "text": "bonjour"}, 400),
        ({"client_id": CLIENT_ID}, 400),
        ({"client_id": CLIENT_ID, "text": 5}, 400),
        ({"client_id": CLIENT_ID, "text": None}, 400),
        ({"client_id": CLIENT_ID, "text": ["bonjour"]}, 400),
        ({"client_id": CLIENT_ID, "text": ""}, 400),
        ({"client_id": CLIENT_ID, "text": " \u00a0\u202e"}, 400),
        ({"client_id": CLIENT_ID, "text": "x" * 2001}, 400),
        ({"client_id": CLIENT_ID, "text": "x", "button": "y"}, 400),
        ({"client_id": CLIENT_ID, "button": "/restart"}, 404),
        ({"client_id": CLIENT_ID, "button": {"id": 1}}, 400),
        (b'{"client_id": "%s", "button": "\\ud800"}' % CLIENT_ID.encode(), 404),
    ],
)
def test_a_bad_message_is_refused_in_french_and_nothing_is_kept(chat, body, status):
    check(chat.call("POST", "messages", body), "/messages", "post", status)
    assert chat.read(wait=0) == {"messages": [], "answered": 0, "typing": False}


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (r"\ud83d coucou", "coucou"),
        (r"a\u0000b", "ab"),
        (r"\u202eou est mon colis", "ou est mon colis"),
        (r"<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        (r"'; DROP TABLE chat_message; --", "'; DROP TABLE chat_message; --"),
        (r"carte \uff14111 1111 1111 1111", "carte [numéro de carte masqué]"),
    ],
)
def test_strange_characters_are_made_safe_and_answered(chat, raw, kept):
    body = f'{{"client_id": "{uuid.uuid4()}", "text": "{raw}"}}'.encode()
    seq = chat.call("POST", "messages", body).json["seq"]
    assert chat.wait_for_answer(seq)
    assert chat.messages[0]["text"] == kept


@pytest.mark.parametrize(
    "typed",
    ["/restart", " /restart", "\u00a0/session_start", "\u3000/back", '/inform{"email": "camille.durand@example.com"}'],
)
def test_a_command_that_is_typed_is_only_text(bot, chat, typed):
    chat.say("où est mon colis PX48207264 ?")
    assert chat.say(typed)
    # The look-up continues, so the command did not restart the conversation or set a slot.
    replies = chat.say("camille.durand@example.com")
    assert any("PX48207264" in reply["text"] for reply in replies), chat.messages


def test_after_and_wait(chat):
    for query in ("after=x", "after=-1", "after=nan", "wait=x", "wait=-1", "after=99999999999"):
        check(chat.call("GET", f"messages?{query}"), "/messages", "get", 400)
    assert chat.call("GET", "messages?after=&wait=0.05").status == 200
    assert chat.call("GET", "messages?wait=0.2").json["messages"] == []


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "a:b", "é".encode("latin-1").decode("latin-1")])
def test_a_wrong_token_opens_nothing(chat, token):
    for method, path in (
        ("GET", "messages"),
        ("POST", "messages"),
        ("GET", "stream"),
        ("DELETE", "conversation"),
        ("GET", "transcript.txt"),
    ):
        body = {"client_id": str(uuid.uuid4()), "text": "x"} if method == "POST" else None
        answer = chat.call(method, path, body, token=token)
        assert (answer.status, answer.json["error"]) == (401, "ended")


def test_a_token_reads_its_own_conversation_only(bot, chat):
    stranger = ChatClient(bot.web_url).open()
    chat.say("bonjour")
    assert stranger.read(wait=0)["messages"] == []
    button = chat.messages[1]["buttons"][0]["id"]
    assert stranger.post(button=button).status == 404


def test_only_allowed_origins_may_use_the_chat(bot, chat):
    origin = bot.web_url
    assert chat.call("GET", "messages", Origin=origin).status == 200
    for foreign in ("https://evil.example", "null", "http://127.0.0.1.evil.example"):
        answer = chat.call("GET", "messages", Origin=foreign)
        assert (answer.status, answer.json["error"]) == (403, "origin")
        assert "access-control-allow-origin" not in answer.headers
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in chat.call("OPTIONS", "messages", **preflight).headers


def test_wrong_methods_and_addresses(chat):
    for method, path in (
        ("PUT", "messages"),
        ("DELETE", "messages"),
        ("GET", "conversation"),
        ("GET", "conversations"),
    ):
        answer = chat.call(method, path)
        assert (answer.status, answer.json["error"]) == (405, "method")
        assert answer.headers["allow"]
    for path in ("", "message", "messages/1", "../admin/"):
        assert chat.call("GET", path).status == 404


def test_a_flood_is_refused_with_a_retry_time(chat):
    answers = [chat.post(f"message {number}") for number in range(35)]
    assert [answer.status for answer in answers[:30]] == [202] * 30
    refused = check(answers[30], "/messages", "post", 429)
    assert "attendez" in refused.json["message"]


def test_thirty_messages_at_once_each_sent_twice_keep_their_order_and_are_answered_once(bot, chat):
    ids = [str(uuid.uuid4()) for _ in range(30)]
    gate = threading.Barrier(10)

    def post(client_id):
        if ids.index(client_id) < 10:
            gate.wait()
        answers = [chat.post(f"bonjour {ids.index(client_id)}", client_id=client_id) for _ in range(2)]
        assert [answer.status for answer in answers] == [202, 202]
        assert answers[0].json == answers[1].json
        return answers[0].json["seq"], client_id

    with ThreadPoolExecutor(10) as pool:
        numbered = sorted(pool.map(post, ids))
    chat.wait_for_answer(numbered[-1][0], timeout=120)
    said = [(message["seq"], message["text"]) for message in chat.messages if message["from"] == "customer"]
    assert said == [(seq, f"bonjour {ids.index(client_id)}") for seq, client_id in numbered]
    assert [message["seq"] for message in chat.messages] == list(range(1, len(chat.messages) + 1))
    received = bot.rasa_messages(chat.token.split(":")[0])
    assert received == [f"bonjour {ids.index(client_id)}" for _, client_id in numbered]


class Stream:
    """The messages of a stream, read in a thread."""

    def __init__(self, chat, after=0):
        request = urllib.request.Request(
            f"{chat.web_url}/chat/v1/stream?after={after}", headers={"Authorization": f"Bearer {chat.token}"}
        )
        self.answer = urllib.request.urlopen(request, timeout=30)
        self.seqs, self.states, self.ended = [], [], threading.Event()
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        event = "message"
        for line in self.answer:
            name, _, value = line.decode().strip().partition(": ")
            with self.changed:
                if name == "event":
                    event = value
                elif name == "data" and event == "message":
                    self.seqs.append(json.loads(value)["seq"])
                elif name == "data" and event == "state":
                    self.states.append(json.loads(value))
                elif name == "data" and event == "end":
                    self.ended.set()
                elif not name:
                    event = "message"
                self.changed.notify_all()
        self.ended.set()

    def wait_for(self, condition):
        with self.changed:
            assert self.changed.wait_for(lambda: condition(self), 30), (self.seqs, self.states)


def test_a_stream_a_poll_and_a_later_reader_get_the_same_messages(chat):
    early = Stream(chat)
    chat.say("bonjour")
    chat.say("où est mon colis ?")
    expected = [message["seq"] for message in chat.messages]
    late, later = Stream(chat), Stream(chat, after=expected[1])
    for stream, seqs in ((early, expected), (late, expected), (later, expected[2:])):
        stream.wait_for(lambda one, seqs=seqs: one.seqs == seqs and one.states and not one.states[-1]["typing"])
    assert any(state["typing"] for state in early.states), "« écrit… » was never shown"
    chat.call("DELETE", "conversation")
    assert early.ended.wait(30)


def test_the_widgets_file_may_be_loaded_from_any_shop_and_is_small(bot):
    with urllib.request.urlopen(
        urllib.request.Request(f"{bot.web_url}/widget.js", headers={"Accept-Encoding": "gzip"})
    ) as answer:
        assert answer.headers["access-control-allow-origin"] == "*"
        launcher = len(answer.read())
    panel, *others = (ROOT / "widget/dist/widget").glob("*.js.gz")
    assert not others, "a file that nobody measures"
    everything = launcher + panel.stat().st_size
    print(f"widget.js: {launcher:,} bytes, everything: {everything:,} bytes")
    assert launcher < 2_700
    assert everything < 25_500
