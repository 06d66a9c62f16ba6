"""Conversations with the real processes, recorded as rows of `chat`."""

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.core import serializers
from django.db.models import F

from chat.models import Conversation
from console.indexing.indexer import index_all
from console.models import Thread
from demo import records
from harness.chat_client import ChatClient
from shop import clock

CAMILLE = "camille.durand@example.com"
SCRIPT = "<script>alert(1)</script>"
# Name → the customer's messages; a line starting with > is the title of a button.
TALKS = {
    "parcel": ["jai pa resu mn coli", "PX48207264", CAMILLE, "merci"],
    "personal": [f"Bonjour je m'appelle Camille Durand, où est ma commande PX48207264 ? {CAMILLE}, 06 12 34 56 78"],
    "button": ["je n'ai pas reçu mon colis", ">Regarder ma commande"],
    "lost": ["🦆🦆"],
    "off_topic": ["vous vendez des grille-pains roses ?"],
    "person": ["je veux laisser un message à l'équipe", CAMILLE, "Rappelez-moi au 06 12 34 56 78 pour mon colis"],
    "again": ["mot de passe oublié", "ça ne marche pas, mot de passe oublié toujours"],
    "attack": [f"{SCRIPT} où est mon colis"],
    "invoice": ["je voudrais ma facture"],
    "bill": ["je voudrais ma facture"],
    "password": ["j'ai oublié mon mot de passe"],
}


@dataclass(frozen=True)
class Recorded:
    """`senders`: the Rasa id of each talk; `chat`: rows for loaddata."""

    senders: dict[str, str]
    chat: list[dict]


@pytest.fixture(scope="session")
def recorded(bot, tmp_path_factory) -> Recorded:
    senders = {name: _talk(bot, lines) for name, lines in TALKS.items()}
    ids = set(senders.values())
    chat = [row for row in json.loads(bot.manage("dumpdata", "chat")) if _sender(row) in ids]
    kept = {row["pk"] for row in chat if row["model"] == "chat.message"}
    buttons = json.loads(bot.manage("dumpdata", "chat.button"))
    chat += [row for row in buttons if row["fields"]["message"] in kept]
    explanations = json.loads(bot.manage("dumpdata", "chat.explanation"))
    return Recorded(senders, chat + [row for row in explanations if row["pk"] in kept])


def _talk(bot, lines) -> str:
    client = ChatClient(bot.web_url).open()
    replies: list[dict] = []
    for line in lines:
        if line.startswith(">"):
            button = next(b for reply in replies for b in reply["buttons"] if b["title"] == line[1:])
            replies = client.say(button=button["id"])
        else:
            replies = client.say(line)
    if lines[0].startswith("mot de passe"):
        body = {"helpful": False, "comment": f"nul <img src=x onerror=alert(1)>, écrivez à {CAMILLE}"}
        assert client.call("POST", "rating", body).status == 204
    return client.token.split(":")[0].replace("-", "")


def _sender(row) -> str:
    fields = row["fields"]
    key = row["pk"] if row["model"] == "chat.conversation" else fields.get("conversation", "")
    return str(key).replace("-", "")


@pytest.fixture
def store(db, recorded):
    """The recorded rows in the test's database, not indexed yet."""
    records.load()
    LogEntry.objects.update(timestamp=F("timestamp") - timedelta(days=1))  # the orders existed before the talks
    for row in serializers.deserialize("json", json.dumps(recorded.chat)):
        row.save()
    Conversation.objects.update(unindexed=True)
    return recorded


@pytest.fixture
def threads(store):
    """{name of the talk: its conversation}, indexed."""
    index_all()
    return {name: Thread.objects.get(sender=sender) for name, sender in store.senders.items()}


@pytest.fixture
def hours_later(monkeypatch):
    """Move the clock ahead by an hour, so that every conversation has ended."""
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(hours=1))
