"""Messages per second that the console's indexer reads, with the existing database of DATABASE_URL. Prints JSON."""

import json
import os
import random
import time

CONVERSATIONS = 400


def measured() -> dict[str, float]:
    """{messages: how many were indexed, seconds: how long that took}"""
    from chat.models import Conversation
    from console.indexing import indexer

    indexer.index_all()
    messages = _new_conversations()
    begun = time.perf_counter()
    assert indexer.index_all() == CONVERSATIONS
    seconds = time.perf_counter() - begun
    assert not Conversation.objects.filter(unindexed=True).exists()
    return {"messages": messages, "seconds": seconds}


def _new_conversations() -> int:
    """Create new conversations as `chat` stores them; return how many messages they have."""
    from bench.conversations import questions_by_topic, store_chat, talk
    from shop import clock

    rng, lines = random.Random(), questions_by_topic()
    made = [talk(number, clock.now(), rng, lines) for number in range(CONVERSATIONS)]
    for one in made:
        one.conversation.unindexed = True
    store_chat(made)
    return sum(len(one.messages) for one in made)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    import django

    django.setup()
    print(json.dumps(measured()))
