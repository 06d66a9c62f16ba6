"""Measures the console's pages on the database of DATABASE_URL: wall and processor time, number of queries, as JSON."""

import gc
import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

ROUNDS = 20


def measured() -> dict[str, tuple[list[float], list[float], int]]:
    """{page: (milliseconds of each round, processor milliseconds of this process, number of queries)}"""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from console import daily_aggregates

    while daily_aggregates.store_final():  # the indexer calls it in each pass
        pass
    get = _signed_in()
    get("")  # load the modules of the pages; then freeze them, as web/asgi.py does
    gc.collect()
    gc.freeze()
    found = {}
    for name, address in _addresses().items():
        for _ in range(2):
            get(address)
        with CaptureQueriesContext(connection) as caught:
            answer = get(address)
            assert answer.status_code == 200, f"{name}: {answer.status_code}"
            queries = len(caught)
        times, work = [], []
        for _ in range(ROUNDS):
            begun, worked = time.perf_counter(), time.process_time()
            get(address)
            times.append(1000 * (time.perf_counter() - begun))
            work.append(1000 * (time.process_time() - worked))
        found[name] = (times, work, queries)
    return found


def _signed_in() -> Callable[[str], Any]:
    from django.contrib.auth.models import Group, User
    from django.test import Client

    user, _ = User.objects.get_or_create(username="bench")
    user.groups.set([Group.objects.get(name="Gestion")])
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return lambda address: client.get(f"/console/{address}")


def _addresses() -> dict[str, str]:
    """{name: URL}: filters with frequent and rare values, alone and combined, on the first page and on later ones."""
    from bench.conversations import NO_WORD, RARE_WORD
    from console.models import Facet, Thread
    from console.paging import key
    from shop import clock

    count = Thread.objects.count()
    deep = Thread.objects.order_by("-started_at", "-id")[int(count * 0.8)]
    last = Thread.objects.order_by("started_at", "id")[30]
    month = f"du={deep.started_at:%Y-%m}-01&au={deep.started_at:%Y-%m}-28"
    topics = Facet.objects.filter(kind="topic").values_list("value", flat=True)
    frequent, rare = topics.order_by("-pk")[0], Thread.objects.exclude(topics=[]).order_by("pk")[count // 3].topics[0]
    short = Thread.objects.filter(typed=5, outcome="fallback").order_by("pk")[count // 1_000]
    first = clock.now() - timedelta(days=394)
    long = Thread.objects.filter(typed=100).first()
    assert long is not None
    return {
        "list": "",
        "list, far down": f"?apres={key(deep).replace('+', '%2B')}",
        "list, last page": f"?apres={key(last).replace('+', '%2B')}",
        "a month": f"?{month}",
        "topic, frequent": f"?sujet={frequent}",
        "topic, another": f"?sujet={rare}",
        "topic and outcome": f"?sujet={frequent}&issue=fallback",
        "topic, outcome, month": f"?sujet={frequent}&issue=fallback&{month}",
        "intent": f"?intention={rare}",
        "action": "?action=action_ask_back",
        "outcome": "?issue=fallback",
        "confidence under 50 %": "?confiance=50",
        "rated not useful": "?avis=non",
        "tag": f"?etiquette=semaine+{deep.started_at:%V}",
        "well answered": "?relecture=good",
        "in the queue": "?relecture=file",
        "really written": "?ecrit=oui",
        "not in the training data": "?inconnu=oui",
        "three together": "?inconnu=oui&ecrit=oui&avis=oui",
        "words: frequent": "?q=commande",
        "words: two": "?q=annuler+commande",
        "words: rare": f"?q={RARE_WORD}",
        "words: none": f"?q={NO_WORD}",
        "words and filter": f"?q=commande&issue=fallback&sujet={frequent}",
        "inbox": "boite/?onglet=a-prendre",
        "inbox, colleagues": "boite/?onglet=collegues",
        "inbox, ended": "boite/?onglet=terminees",
        "inbox, requests far down": "boite/?onglet=a-prendre&page=20",
        "inbox, 10 messages": f"boite/?c={short.sender}",
        "inbox, 200 messages": f"boite/?c={long.sender}",
        "inbox, the list alone": "boite/liste?onglet=a-prendre",
        "inbox, the messages alone": f"boite/{long.chat_id}/",
        "conversation, 10 messages": f"conversations/{short.pk}/?issue=fallback",
        "conversation, 200 messages": f"conversations/{long.pk}/?sujet={long.topics[0]}",
        "conversation, in a search": f"conversations/{short.pk}/?q=commande",
        "queue": "a-relire/",
        "statistics, 30 days": "statistiques/",
        "statistics, a topic": f"statistiques/?sujet={frequent}",
        "statistics, 13 months": f"statistiques/?du={first:%Y-%m-%d}",
        "not understood": "incompris/",
        "questions without an answer": "incompris/questions/",
        "corrections": "corrections/",
        "versions": "versions/",
        "team": "equipe/",
        "journal": "journal/",
        "state": "etat/",
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    import django

    django.setup()
    print(json.dumps(measured()))
