"""`python -m bench.conversations 100000` fills DATABASE_URL's database with that many conversations of ten messages.

The sentences are training lines; topics, outcomes and ratings are as unevenly distributed as real ones. The same number
generates the same conversations.
"""

import os
import random
import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# {topic: [(question, a line that asks it)]}
Lines = dict[str, list[tuple[str, str]]]
CHUNK = 2_000
DAYS = 395
OUTCOMES = {
    "answered": 62, "asked_back": 12, "abandoned": 10, "person": 4, "request": 2, "contacts": 6, "fallback": 3,
    "ongoing": 1,
}  # fmt: skip
RISKS = {
    "answered": [], "abandoned": [], "ongoing": [], "asked_back": ["asked_back"],
    "person": ["escalation"], "request": ["escalation"], "contacts": ["escalation"],
}  # fmt: skip
ANSWERS = [
    "L’avancement de votre commande est dans votre espace « Mon compte ».",
    "Votre facture est dans votre compte client, à côté de la commande.",
    "Vous avez 14 jours après la réception pour vous rétracter. Prévenez le vendeur sur la page de la commande.",
    "Nos conseillers sont joignables par téléphone, du lundi au vendredi de 10 h à 18 h.",
]
# Runner-up readings of every message.
ALSO_READ = [("ask_refund/delay", 0.1), ("ask_invoice/where", 0.05)]
# Search words: one occurs in one of a thousand conversations, the other in none.
RARE_WORD, NO_WORD = "girafe", "hippogriffe"


@dataclass
class Talk:
    """All rows of one conversation."""

    conversation: Any
    thread: Any
    messages: list[Any] = field(default_factory=list)
    explanations: list[Any] = field(default_factory=list)
    turns: list[Any] = field(default_factory=list)
    facets: list[Any] = field(default_factory=list)


def fill(count: int) -> None:
    """Requires Django with an empty, migrated database."""
    from console.models import Facet, Thread, Turn

    chance = random.Random(20261123)
    begun = datetime.now(UTC) - timedelta(days=DAYS)
    lines = questions_by_topic()
    for start in range(0, count, CHUNK):
        numbers = range(start, min(start + CHUNK, count))
        made = [talk(n, begun + timedelta(days=DAYS) * (n / count), chance, lines) for n in numbers]
        store_chat(made)
        Thread.objects.bulk_create([one.thread for one in made])
        Turn.objects.bulk_create([row for one in made for row in one.turns], batch_size=2_000)
        Facet.objects.bulk_create([row for one in made for row in one.facets], batch_size=5_000)
        _index(made)
    _hand_over(count)
    _judge()
    _analyse()


def store_chat(made: list[Talk]) -> None:
    """Store the rows of the app `chat`."""
    from chat.models import Conversation, Explanation, Message

    for model, name in ((Conversation, "opened_at"), (Message, "at")):
        model._meta.get_field(name).auto_now_add = False  # type: ignore[attr-defined]
    Conversation.objects.bulk_create([one.conversation for one in made])
    Message.objects.bulk_create([row for one in made for row in one.messages], batch_size=5_000)
    Explanation.objects.bulk_create([row for one in made for row in one.explanations], batch_size=5_000)


def questions_by_topic() -> Lines:
    from console import bot_data

    lines: Lines = {}
    for question, line in bot_data.training_examples():
        if (topic := bot_data.topic_of(question)) in bot_data.topics():
            lines.setdefault(topic, []).append((question, line))
    return lines


def talk(number: int, at: datetime, chance: random.Random, lines: Lines) -> Talk:
    """One conversation. Its id is derived from the number, so that both databases contain the same conversations."""
    from chat.models import Conversation
    from console.models import Facet, FacetKind, Thread

    topics = list(lines)
    # A few topics are frequent, many are rare.
    topic = topics[min(int(chance.paretovariate(0.7)) - 1, len(topics) - 1)]
    outcome = chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    if outcome == "ongoing" and at < datetime.now(UTC) - timedelta(hours=1):
        outcome = "answered"  # the indexer would end it, because it is idle
    key = uuid.UUID(int=chance.getrandbits(128), version=4)
    rated = chance.random() < 0.05
    helpful = (chance.random() < 0.7) if rated else None
    last = at + timedelta(minutes=8)
    length = 100 if number % 1_000 == 500 else chance.choice([3, 4, 5, 5, 5, 6, 7])
    conversation = Conversation(
        id=key, opened_at=at, expires_at=last, address=f"{number % 5_000:064x}", last_seq=2 * length,
        asked=2 * length - 1, answered=2 * length - 1, helpful=helpful,
    )  # fmt: skip
    risks = RISKS.get(outcome, ["fallback"]) + (["thumbs_down"] if helpful is False else [])
    confidence = round(chance.betavariate(8, 1.4), 4)
    thread = Thread(
        pk=number + 1, sender=key.hex, chat=conversation, started_at=at, last_at=last,
        typed=length, topics=[topic], outcome=outcome,
        lowest_confidence=confidence, helpful=helpful, new_words=chance.random() < 0.6, risks=risks, risky=bool(risks),
        sampled=not risks and chance.random() < 0.1, verdict=chance.choices(["", "good", "bad"], [90, 8, 2])[0],
    )  # fmt: skip
    made = Talk(conversation, thread)
    for place in range(length):
        question, text = chance.choice(lines[topic])
        if number % 1_000 == 7 and place == 1:
            text += f" {RARE_WORD}"
        moment = at + timedelta(seconds=40 * place)
        _add_turn(made, place, moment, text, _explanation(topic, question, confidence, ANSWERS[number % 4]))
        made.turns[-1].seconds = round(chance.lognormvariate(-1.7, 0.5), 3)
    thread.first_text = made.messages[0].text
    values = [(FacetKind.TOPIC, topic), (FacetKind.INTENT, topic), (FacetKind.ACTION, "action_facts")]
    values += [(FacetKind.ACTION, "action_ask_back")] * (outcome == "asked_back")
    values += [(FacetKind.TAG, f"semaine {at:%V}")] * (number % 10 == 0)
    values += [(FacetKind.QUESTION, turn.question) for turn in made.turns] + [(FacetKind.MODEL, "a" * 32)]
    made.facets = [Facet(thread=thread, kind=kind, value=value, started_at=at) for kind, value in dict.fromkeys(values)]
    return made


def _explanation(topic: str, question: str, confidence: float, answer: str) -> dict[str, Any]:
    return {
        "intent": topic, "confidence": confidence, "form": "",
        "ranking": [{"name": name, "confidence": share} for name, share in ALSO_READ],
        "entities": [{"entity": "question", "value": question, "start": None, "end": None}],
        "actions": [{"name": "action_facts", "policy": "RulePolicy"}],
        "slots": {"topic": topic, "question": question},
        "replies": [{"name": f"utter_{question}", "text": answer, "buttons": [], "card": None}],
    }  # fmt: skip


def _add_turn(made: Talk, place: int, at: datetime, text: str, explanation: dict[str, Any]) -> None:
    """Add a message, its answer and the answer's explanation."""
    from chat.models import Explanation, Message, Sender
    from console.models import Turn

    answer = explanation["replies"][0]["text"]
    said = ((Sender.CUSTOMER, text), (Sender.BOT, answer))
    made.messages += [
        Message(conversation=made.conversation, seq=2 * place + n, sender=sender, text=words, at=at)
        for n, (sender, words) in enumerate(said, 1)
    ]
    made.explanations.append(Explanation(message=made.messages[-2], data=explanation))
    unanswered = made.thread.outcome == "fallback"
    made.turns.append(
        Turn(thread=made.thread, seq=2 * place + 1, at=at, text=text, unanswered=unanswered, **explanation)
    )


def _hand_over(count: int) -> None:
    """Create the rows of the inbox.

    The newest conversations wait for an agent or have one. Of the others, one in ten had one, and one in twenty left a
    request.
    """
    from django.contrib.auth.models import User
    from django.db.models import F

    from chat.models import Conversation, Ending, HandOverRequest, ServicePeriod

    now = datetime.now(UTC)
    agents = [User.objects.get_or_create(username=f"agent{n}")[0] for n in range(50)]
    newest = list(Conversation.objects.order_by("-opened_at")[: min(600, count // 2)])
    for number, one in enumerate(newest):
        one.expires_at, one.responder_since = now + timedelta(hours=20), now - timedelta(seconds=number)
        one.responder = ("waiting", "agent", "bot")[min(number // 100, 2)]
        one.agent = None if one.responder == "waiting" else agents[number % 50]
    Conversation.objects.bulk_update(newest, ["expires_at", "responder_since", "responder", "agent"])
    older = Conversation.objects.annotate(tenth=F("thread__pk") % 10).filter(expires_at__lt=now, tenth=0)
    older.update(agent=agents[0], responder_since=F("expires_at"))
    rows = list(older.values_list("pk", "opened_at"))
    ServicePeriod.objects.bulk_create(
        ServicePeriod(
            conversation_id=pk, waiting=waiting, agent=None if waiting else agents[n % 50], asked_at=at, begun_at=at,
            ended_at=at + timedelta(seconds=n % 300), ending=Ending.TAKEN if waiting else Ending.CLOSED,
        )
        for n, (pk, at) in enumerate(rows)
        for waiting in (True, False)
    )  # fmt: skip
    HandOverRequest.objects.bulk_create(
        HandOverRequest(
            conversation=pk.hex, message_id="1", email=f"a{n}@example.com", text="Rappelez-moi, s’il vous plaît.",
            answered_at=at if n >= count // 100 else None, taken_by=agents[n % 50] if n >= count // 200 else None,
        )
        for n, (pk, at) in enumerate(rows[: count // 20])
    )  # fmt: skip


def _judge() -> None:
    """Sample and judge a hundred messages of each week, nine in ten of them as classified right."""
    from django.contrib.auth.models import User

    from console.models import Judgement, Sampled, Turn
    from console.statistics import Period, within
    from shop import clock

    judge = User.objects.get(username="agent0")
    monday = clock.now().date() - timedelta(days=clock.now().weekday())
    for week in (monday - timedelta(weeks=n) for n in range(1, DAYS // 7)):
        turns = Turn.objects.filter(within("at", Period(week, week + timedelta(days=6)).days)).order_by("pk")[:100]
        sampled = Sampled.objects.bulk_create(Sampled(turn=turn, week=week) for turn in turns)
        Judgement.objects.bulk_create(
            Judgement(sampled=one, user=judge, question=one.turn.question if number % 10 else "ask_refund/delay")
            for number, one in enumerate(sampled)
        )


def _index(made: list[Talk]) -> None:
    from console import search

    for one in made:
        sides = {"customer": [], "bot": []}
        for message in one.messages:
            sides[message.sender].append(message.text)
        search.index(one.thread.pk, *sides.values())


def _analyse() -> None:
    from django.db import connection

    from console.models import Thread

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")  # on a busy machine, ANALYZE takes longer than the limit
            # The ids were set explicitly, so the sequence must continue after them.
            table = Thread._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    import django

    django.setup()
    fill(int(sys.argv[1]))
