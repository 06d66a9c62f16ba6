"""`python -m bench.conversations 100000`: so many made-up conversations in DATABASE_URL's database, ten messages each.

The sentences are the training lines', the shares (topics, outcomes, ratings) skewed as real ones are. The same number
gives the same conversations.
"""

import os
import random
import sys
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

# {topic: [(question, a line that asks it)]}
Lines = dict[str, list[tuple[str, str]]]
CHUNK = 2_000
DAYS = 395
OUTCOMES = {"answered": 62, "asked_back": 12, "abandoned": 10, "escalated": 12, "fallback": 3, "ongoing": 1}
RISKS = {"answered": [], "abandoned": [], "ongoing": [], "asked_back": ["asked_back"], "escalated": ["escalation"]}
ANSWERS = [
    "L’avancement de votre commande est dans votre espace « Mon compte ».",
    "Votre facture est dans votre compte client, à côté de la commande.",
    "Vous avez 14 jours après la réception pour vous rétracter. Prévenez le vendeur sur la page de la commande.",
    "Nos conseillers sont joignables par téléphone, du lundi au vendredi de 10 h à 18 h.",
]
# Runner-up readings of every message.
ALSO_READ = [("ask_refund/delay", 0.1), ("ask_invoice/where", 0.05)]
# Above the ids of any events that bench/sync.py writes.
NO_EVENT = 10**12
# A word in one of a thousand conversations, and a word in none.
RARE_WORD, NO_WORD = "girafe", "hippogriffe"


def fill(count: int) -> None:
    """Requires Django with an empty, migrated database."""
    from chat.models import Conversation, Message
    from console import bot_data
    from console.models import Cursor, Facet, Thread, Turn

    for model, name in ((Conversation, "opened_at"), (Message, "at")):
        model._meta.get_field(name).auto_now_add = False  # type: ignore[attr-defined]
    chance = random.Random(20261123)
    lines = _questions_by_topic(bot_data)
    begun = datetime.now(timezone.utc) - timedelta(days=DAYS)
    for start in range(0, count, CHUNK):
        numbers = range(start, min(start + CHUNK, count))
        made = [_talk(n, begun + timedelta(days=DAYS) * (n / count), chance, lines) for n in numbers]
        Conversation.objects.bulk_create([one["conversation"] for one in made])
        Message.objects.bulk_create([row for one in made for row in one["messages"]], batch_size=5_000)
        Thread.objects.bulk_create([one["thread"] for one in made])
        Turn.objects.bulk_create([row for one in made for row in one["turns"]], batch_size=2_000)
        Facet.objects.bulk_create([row for one in made for row in one["facets"]], batch_size=5_000)
        _index([(one["thread"].pk, one["words"]) for one in made])
    Cursor.objects.create(source="chat", position=Message.objects.latest("pk").pk)  # all of it is copied
    _analyse()


def _questions_by_topic(bot_data: Any) -> Lines:
    lines: Lines = {}
    for question, line in bot_data.training_examples():
        if (topic := bot_data.topic_of(question)) in bot_data.topics():
            lines.setdefault(topic, []).append((question, line))
    return lines


def _talk(number: int, at: datetime, chance: random.Random, lines: Lines) -> dict[str, Any]:
    """All rows of one conversation. Its id derives from the number, so that both databases contain the same threads."""
    from chat.models import Conversation, Message, Sender
    from console.models import Facet, FacetKind, Thread, Turn

    topics = list(lines)
    # A few topics are frequent, many are rare.
    topic = topics[min(int(chance.paretovariate(0.7)) - 1, len(topics) - 1)]
    outcome = chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    key = uuid.UUID(int=chance.getrandbits(128), version=4)
    rated = chance.random() < 0.05
    helpful = (chance.random() < 0.7) if rated else None
    last = at + timedelta(minutes=8)
    turns_asked = 100 if number % 1_000 == 500 else chance.choice([3, 4, 5, 5, 5, 6, 7])
    conversation = Conversation(
        id=key, opened_at=at, expires_at=last, address=f"{number % 5_000:064x}", last_seq=2 * turns_asked,
        asked=2 * turns_asked - 1, answered=2 * turns_asked - 1, helpful=helpful,
    )  # fmt: skip
    risks = RISKS.get(outcome, ["fallback"]) + (["thumbs_down"] if helpful is False else [])
    confidence = round(chance.betavariate(8, 1.4), 4)
    question, first_text = chance.choice(lines[topic])
    thread = Thread(
        pk=number + 1, sender=key.hex, channel="chat", chat=conversation, started_at=at, last_at=last,
        first_text=first_text, typed=turns_asked, topics=[topic], outcome=outcome,
        lowest_confidence=confidence, helpful=helpful, new_words=chance.random() < 0.6, risks=risks, risky=bool(risks),
        sampled=not risks and chance.random() < 0.1, verdict=chance.choices(["", "good", "bad"], [90, 8, 2])[0],
    )  # fmt: skip
    messages, turns, said = [], [], []
    for turn in range(turns_asked):
        if turn:
            question, text = chance.choice(lines[topic])
        else:
            text = first_text
        if number % 1_000 == 7 and turn == 1:
            text += f" {RARE_WORD}"
        moment = at + timedelta(seconds=40 * turn)
        asked = {"sender": Sender.CUSTOMER, "text": text, "seq": 2 * turn + 1, "at": moment}
        reply = {"sender": Sender.BOT, "text": ANSWERS[number % 4], "seq": 2 * turn + 2, "at": moment}
        messages += [Message(conversation=conversation, **one) for one in (asked, reply)]
        said += [text, ANSWERS[number % 4]]
        turns.append(
            Turn(
                thread=thread, source_id=NO_EVENT + 1_000 * number + turn, message_id=str(2 * turn + 1), at=moment,
                text=text,
                intent=topic, confidence=confidence, seconds=round(chance.lognormvariate(-1.7, 0.5), 3),
                entities=[{"entity": "question", "value": question, "start": None, "end": None}],
                ranking=[{"name": name, "confidence": share} for name, share in ALSO_READ],
                actions=[{"name": "action_facts", "policy": "RulePolicy"}],
                replies=[{"name": f"utter_{question}", "text": ANSWERS[number % 4], "buttons": [], "card": None}],
                slots={"topic": topic, "question": question}, unanswered=outcome == "fallback",
            )
        )  # fmt: skip
    values = [(FacetKind.TOPIC, topic), (FacetKind.INTENT, topic), (FacetKind.ACTION, "action_facts")]
    values += [(FacetKind.ACTION, "action_ask_back")] * (outcome == "asked_back")
    values += [(FacetKind.TAG, f"semaine {at:%V}")] * (number % 10 == 0)
    facets = [Facet(thread=thread, kind=kind, value=value, started_at=at) for kind, value in values]
    return {
        "conversation": conversation, "messages": messages, "thread": thread, "turns": turns, "facets": facets,
        "words": said,
    }  # fmt: skip


def _index(documents: list[tuple[int, list[str]]]) -> None:
    from django.db import connection

    from console.search import _WRITE
    from console.text import words

    with connection.cursor() as cursor:
        rows = [(pk, " ".join(words("\n".join(said)))) for pk, said in documents]
        cursor.executemany(_WRITE[connection.vendor][1], rows)


def _analyse() -> None:
    from django.db import connection

    from console.models import Thread

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The ids were given by hand: what is made next must not collide with them.
            table = Thread._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    import django

    django.setup()
    fill(int(sys.argv[1]))
