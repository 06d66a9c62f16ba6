"""`python -m bench.races`: what the customer reads if agents take over while the bot answers.

For the first table, one process plays every interleaving of the steps. For the second one, concurrent processes run on
PostgreSQL: in each conversation, two agents take over while the bot's answer arrives.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench.console import database, run
from bench.table import Table
from harness.project import ROOT

CONVERSATIONS = 200
# Concurrent processes per actor.
EACH = 2
ACTORS = {"bot": ["begins", "answers"], "Léa": ["takes", "hands back"], "Marc": ["takes"]}
# The program of each process of the second table. It waits for the others, and prints the races that it won, as JSON.
RACE = """
import json, pathlib, random, time, uuid
from django.contrib.auth.models import User
from chat import conversations, takeover
from chat.models import Message
from harness.interleavings import ANSWER
actor, number, ready = "{actor}", {number}, pathlib.Path("{ready}")
agent = User.objects.filter(username=actor.lower()).first()
waiting = list(Message.objects.filter(conversation__in={conversations}).order_by("conversation"))
random.Random(number).shuffle(waiting)
(ready / str(number)).touch()
while len(list(ready.iterdir())) < {processes}:
    time.sleep(0.001)
won = []
for message in waiting:
    try:
        if actor == "bot":
            conversations.answer(message, ANSWER)
        else:
            takeover.take(message.conversation_id, agent)
            won.append(message.conversation_id.hex)
    except takeover.NotYours:
        pass
print(json.dumps(won))
"""
OPEN = """
import json, uuid
from django.contrib.auth.models import User
from chat import conversations, limits
limits.check_opening = limits.check_message = lambda *_: None
for name in ("Léa", "Marc"):
    User.objects.get_or_create(username=name.lower(), first_name=name)
opened = [conversations.open_conversation(str(uuid.uuid4())).id for _ in range({count})]
for one in opened:
    conversations.post_text(one, uuid.uuid4(), "où est mon colis ?")
print(json.dumps([one.hex for one in opened]))
"""
READ = """
import json
from chat.models import Conversation, Explanation, Sender
from harness.interleavings import READY
print(json.dumps([
    [one.agent.first_name, [m.text == READY for m in one.messages.exclude(sender=Sender.CUSTOMER).order_by("seq")],
     Explanation.objects.filter(message__conversation=one, suppressed=True).exists()]
    for one in Conversation.objects.filter(id__in={conversations}).select_related("agent")
]))
"""


def every_order() -> None:
    """Print the first table. Requires Django with a migrated database."""
    from django.contrib.auth.models import User
    from django.db import transaction

    from chat import limits
    from harness.interleavings import Meeting, orders, play

    limits.check_opening = limits.check_message = lambda *_: None  # type: ignore[assignment]
    table = Table("in this order", ["who has it at the end", "refused", "the bot had ready", "the customer read"])
    with transaction.atomic():
        agents = {name: User.objects.create_user(name, first_name=name) for name in ("Léa", "Marc")}
        for order in orders(ACTORS):
            meeting = Meeting(agents)
            list(play(meeting, order))
            refused = [f"{step} ({how[9:]})" for step, how in meeting.won.items() if how.startswith("refused")]
            ready = {"stored": "its answer", "suppressed": "its answer: suppressed"}
            meeting.conversation.refresh_from_db()
            table.row(
                " · ".join(f"{actor} {step}" for actor, step in order),
                meeting.conversation.agent.first_name if not meeting.conversation.is_with_bot else "the bot",
                ", ".join(refused) or "nobody",
                ready.get(meeting.won["bot answers"], "nothing"),
                ", then ".join(meeting.read_by_customer()) or "nothing",
            )
        transaction.set_rollback(True)
    table.print()


def at_once(count: int) -> None:
    """Print the second table."""
    with database("postgresql") as environment, tempfile.TemporaryDirectory() as ready:
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        opened = json.loads(run(environment, "manage.py", "shell", "-v0", "-c", OPEN.format(count=count)))
        actors = [actor for actor in ACTORS for _ in range(EACH)]
        given = {"conversations": opened, "ready": Path(ready), "processes": len(actors)}
        scripts = [RACE.format(actor=actor, number=number, **given) for number, actor in enumerate(actors)]
        racing = [
            subprocess.Popen([sys.executable, "manage.py", "shell", "-v0", "-c", script], cwd=ROOT, env=environment,
                             stdout=subprocess.PIPE, text=True)
            for script in scripts
        ]  # fmt: skip
        won = [json.loads(one.communicate()[0]) for one in racing]
        found = json.loads(run(environment, "manage.py", "shell", "-v0", "-c", READ.format(conversations=opened)))
    table = Table(f"{len(actors)} processes × {count} conversations", ["conversations"])
    for (agent, answered, suppressed), times in Counter((a, tuple(b), c) for a, b, c in found).most_common():
        read = "the bot's answer, then its own greeting" if any(answered) else "the greeting alone"
        table.row(
            f"{agent} won; the customer read {read}{'; an answer was suppressed' if suppressed else ''}", str(times)
        )
    owners = Counter(one for actor, ids in zip(actors, won, strict=True) if actor != "bot" for one in set(ids))
    table.row("without an owner", str(count - len(owners)))
    table.row("conversation assigned to two agents", str(two_owners(actors, won)))
    table.row(
        "a late or duplicate answer of the bot",
        str(sum(any(b[1:]) or sum(b) > 1 for _, b, _ in found)),
    )
    table.print()


def two_owners(actors: list[str], won: list[list[str]]) -> int:
    """The number of conversations that both agents took. Two processes of the same agent may both take one."""
    of = {
        name: {one for actor, ids in zip(actors, won, strict=True) if actor == name for one in ids} for name in ACTORS
    }
    return len(of["Léa"] & of["Marc"])


def main() -> None:
    with database("sqlite") as environment:
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        print(run(environment, "-m", "bench.races", "--every-order"), end="")
    at_once(CONVERSATIONS)


if __name__ == "__main__":
    if "--every-order" in sys.argv:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
        import django

        django.setup()
        every_order()
    else:
        main()
