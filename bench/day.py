"""`python -m bench.day`: simulates a day of 200 conversations and 4 agents, and prints the team's statistics.

A discrete-event simulation: the clock jumps from one event to the next, so ten hours take about a minute. The bot
process, the take-over, the queue and the console's index are the real ones. The random generator is seeded, so a day
can be repeated. Exits with 1 if a message stays unanswered or a customer stays in the queue.
"""

import argparse
import asyncio
import heapq
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bench.table import Table
from harness.processes import Processes, get_json, wait_for

OPENS, CLOSES = 10, 18  # hours, in Paris
AGENTS = {"lea": "Léa", "marc": "Marc", "ines": "Inès", "hugo": "Hugo"}
# Maximum number of conversations that an agent has at the same time.
AT_ONCE = 2
# The times of events, in seconds since the opening.
CLOSING = (CLOSES - OPENS) * 3600.0
LUNCH = 2.5 * 3600, 4 * 3600
FAILS_AT = 5 * 3600
QUESTIONS = [
    "où est mon colis", "je voudrais ma facture", "comment renvoyer un produit", "quand suis-je remboursé",
    "mon colis est abîmé", "mot de passe oublié", "je veux annuler ma reprise", "comment joindre le vendeur",
    "vous vendez des girafes", "j’ai changé d’adresse", "le produit ne marche plus", "merci", "combien de jours j’ai",
]  # fmt: skip
PERSON = "je veux parler à un conseiller"
# The share of customers who ask for a person, and of the customers whom a person answered, the share who rate.
ASKS, RATES = 0.3, 0.5


class Day:
    """The events of the day, and its clock, in seconds since the opening."""

    def __init__(self, seed: int) -> None:
        from shop import clock

        self.chance = random.Random(seed)
        self.opening = datetime.combine(clock.now().astimezone(clock.PARIS), datetime.min.time(), clock.PARIS)
        # The simulated day is tomorrow: the bot process has the real clock, for which all agents are then present.
        self.opening += timedelta(days=1, hours=OPENS)
        self.seconds = 0.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()

    def now(self) -> datetime:
        return (self.opening + timedelta(seconds=self.seconds)).astimezone(UTC)

    def later(self, low: float, high: float, act: Callable[[], None]) -> None:
        """Schedule the call at a random time, `low` to `high` seconds from now."""
        heapq.heappush(self._queue, (self.seconds + self.chance.uniform(low, high), next(self._number), act))

    def every(self, seconds: float, act: Callable[[], None], until: float) -> None:
        def again() -> None:
            act()
            if self.seconds < until:
                self.later(seconds, seconds, again)

        self.later(0, seconds, again)

    def play(self) -> None:
        while self._queue:
            self.seconds, _, act = heapq.heappop(self._queue)
            act()


class Customer:
    """Asks the bot one to three questions. Some then ask for a person, wait for some minutes, and answer the agent."""

    def __init__(self, day: Day) -> None:
        from chat import conversations

        self._day = day
        self._id = conversations.open_conversation(f"192.0.2.{day.chance.randrange(250)}").id
        asked = day.chance.sample(QUESTIONS, day.chance.randint(1, 3))
        self._lines = [*asked, PERSON] if day.chance.random() < ASKS else asked
        self._last_read = 0
        self._next()

    def _next(self) -> None:
        from chat import conversations

        row = self._row()
        if not self._lines or not row.is_with_bot:
            return
        conversations.post_text(self._id, uuid.uuid4(), self._lines.pop(0), "day")
        self._answered_by_bot()
        if self._row().is_with_bot:
            self._day.later(20, 90, self._next)
        else:
            self._day.later(120, 900, self._leave_queue)
            self._listen()

    def _answered_by_bot(self) -> None:
        from chat import conversations, leases

        while message := leases.next_pending(self._id):
            conversations.answer(message, asyncio.run(ask_bot(message)))

    def _listen(self) -> None:
        """Answer the agent's new messages; rate the conversation when the agent has ended it."""
        from chat import conversations
        from chat.models import Sender

        row = self._row()
        said = row.messages.filter(sender=Sender.AGENT, seq__gt=self._last_read).order_by("-seq").first()
        if said and not row.is_with_bot:
            self._last_read = said.seq
            conversations.post_text(self._id, uuid.uuid4(), "d’accord, et ensuite ?", "day")
        if not row.is_with_bot:
            self._day.later(15, 60, self._listen)
        elif self._last_read and self._day.chance.random() < RATES:
            conversations.rate(self._id, self._day.chance.random() < 0.8, "")

    def _leave_queue(self) -> None:
        from django.db import transaction

        from chat import rows, takeover

        with transaction.atomic():
            locked = rows.lock_active(self._id)
            if locked.responder == "waiting":
                takeover.leave_queue(locked, uuid.uuid4(), "Revenir à l’assistant")

    def _row(self) -> Any:
        from chat.models import Conversation

        return Conversation.objects.get(id=self._id)


class Agent:
    """Takes the most urgent customers, at most AT_ONCE; replies after some minutes, and closes after some replies.

    `lunches`: the agent takes no new customer at lunchtime. `fails`: the agent's laptop fails during a conversation,
    and works again later.
    """

    def __init__(self, day: Day, user: Any, lunches: bool, fails: bool) -> None:
        self._day, self.user, self._lunches, self._fails = day, user, lunches, fails
        self._replies: dict[uuid.UUID, int] = {}
        self._free_at = self._back_at = 0.0
        day.every(80, self._be_present, CLOSING)
        day.every(20, self._work, CLOSING + 1800)

    def _takes(self) -> bool:
        at_lunch = self._lunches and LUNCH[0] < self._day.seconds < LUNCH[1]
        return not at_lunch and self._day.seconds < CLOSING - 900

    def _be_present(self) -> None:
        from chat import team

        if self._day.seconds >= self._back_at:
            team.mark_present(self.user, self._takes())

    def _work(self) -> None:
        from chat import takeover, team
        from console import inbox

        if self._day.seconds < max(self._free_at, self._back_at) or not team.unfinished().exists():
            return
        held = [*inbox.conversations("miennes", self.user), *inbox.conversations("client", self.user)]
        waiting = inbox.conversations("a-prendre", self.user).first()
        if self._fails and held and self._day.seconds > FAILS_AT:
            self._fails, self._back_at = False, self._day.seconds + 1200
        elif waiting and len(held) < AT_ONCE and self._takes():
            takeover.take(waiting.id, self.user)
            self._free_at = self._day.seconds + self._day.chance.uniform(20, 60)
        elif one := inbox.conversations("miennes", self.user).first():
            self._answer(one)
            self._free_at = self._day.seconds + self._day.chance.uniform(60, 240)

    def _answer(self, one: Any) -> None:
        from chat import takeover

        reply_count = self._replies[one.id] = self._replies.get(one.id, 0) + 1
        takeover.reply(one.id, self.user, uuid.uuid4(), "Bonjour, je regarde votre dossier.", one.last_seq)
        if reply_count > 2 and self._day.chance.random() < 0.5:
            (takeover.close if self._day.chance.random() < 0.7 else takeover.hand_back)(one.id, self.user)


async def ask_bot(message: Any) -> Any:
    from chat.bot import Bot

    bot = Bot()
    try:
        return await bot.answer(message)
    finally:
        await bot.close()


def play(seed: int, customers: int) -> Day:
    """Requires Django with an empty, migrated database, and a bot."""
    from unittest import mock

    from django.contrib.auth.models import Group, User

    from chat import takeover
    from console.indexing.indexer import index_all
    from console.indexing.outcome import IDLE_TIME
    from console.roles import ROLES

    day = Day(seed)
    with mock.patch("shop.clock.now", day.now), mock.patch("django.utils.timezone.now", day.now):
        for number, (name, first_name) in enumerate(AGENTS.items()):
            user = User.objects.create_user(name, first_name=first_name)
            user.groups.set([Group.objects.get(name=ROLES["review"])])
            Agent(day, user, lunches=number > 0, fails=number == 0)
        for _ in range(customers):
            arrives = day.chance.triangular(0, CLOSING, LUNCH[1])  # most of them after noon
            day.later(arrives, arrives, lambda: Customer(day) and None)
        day.every(30, lambda: takeover.release_stale() and None, CLOSING + 7200)
        day.play()
        day.seconds += IDLE_TIME.total_seconds()
        index_all()
    return day


def show(day: Day) -> bool:
    """Print the day's statistics; return False if a message stayed unanswered or a customer in the queue."""
    from django.db.models import F

    from chat.models import Conversation, ServicePeriod
    from console import daily_aggregates
    from console.models import Outcome
    from console.statistics import Period, Report
    from console.team_statistics import team_report

    period = Period(day.opening.date(), day.opening.date())
    counted = daily_aggregates.by_day(period)
    all_, team = Report(counted["figures"]).total(), team_report(counted["team"].values())
    outcomes = Table("outcome", ["conversations"])
    for outcome in Outcome:
        outcomes.row(outcome.label, str(all_.outcomes[outcome]))
    outcomes.print()
    rates = {"par l’assistant seul": all_.containment, "transmises": all_.escalation, "sans réponse": all_.fallback}
    print("\n" + ", ".join(f"{name} {share or 0:.0%}" for name, share in rates.items()))
    figures = Table("", ["waited", "abandoned", "held", "released", "wait s", "first reply s", "held s", "useful"])
    for name, one in {"team": team.total, **team.by["Conseiller"], **team.by["Heure"]}.items():
        times = [f"{median or 0:.0f} · {p95 or 0:.0f}" for median, p95 in one.durations]
        useful = "–" if one.satisfaction is None else f"{one.satisfaction:.0%} of {one.rated}"
        figures.row(name, str(one.asked), str(one.abandoned), str(one.held), str(one.released), *times, useful)
    figures.print()
    pending = Conversation.objects.filter(asked__gt=F("answered")).count()
    held = Conversation.objects.exclude(responder="bot").count()
    left = ServicePeriod.objects.filter(ended_at=None).count()
    print(f"\nunanswered {pending}, still waiting or held {held}, service periods without an end {left}")
    return not (pending or held or left)


def main(seed: int, customers: int) -> None:
    import django

    with tempfile.TemporaryDirectory() as folder:
        processes = Processes(Path(folder))
        os.environ |= processes.env | {"DJANGO_SETTINGS_MODULE": "web.settings"}
        processes.prepare_database()
        processes.start("bot")
        try:
            wait_for(lambda: get_json(f"{processes.env['RASA_URL']}/webhooks/chat/health")[0])
            django.setup()
            begun = time.perf_counter()
            day = play(seed, customers)
            seconds = time.perf_counter() - begun
            print(f"{customers} conversations and {len(AGENTS)} agents in {seconds:.0f} s (seed {seed})")
            is_complete = show(day)
        finally:
            processes.stop()
    sys.exit(0 if is_complete else 1)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--customers", type=int, default=200)
    chosen = options.parse_args()
    main(chosen.seed, chosen.customers)
