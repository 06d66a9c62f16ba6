"""`python -m bench.team_day`: a simulated day of 200 customers and 4 agents, and the team's statistics of it.

Everything but the people and the clock is real: the queue, take-overs, releases and spells on a database of its own. At
14:30 the laptop of an agent dies with conversations open. The same seed gives the same day.
"""

import os
import random
import sys
import tempfile
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

CUSTOMERS, AGENTS, AT_ONCE = 200, ("Léa", "Marc", "Inès", "Zoé"), 3
STEP = timedelta(seconds=30)
TOPICS = ["where_is_parcel", "ask_refund", "report_damaged_parcel", "ask_invoice"]


@dataclass
class Agent:
    """`busy_until`: when the message that they are writing is sent."""

    user: Any
    dies_at: datetime
    busy_until: datetime
    held: list[uuid.UUID] = field(default_factory=list)


@dataclass
class Customer:
    """`patience`: after so long in the queue they go back to the bot. `turns`: messages until they are helped.

    `gone`: the exchange is over.
    """

    arrives_at: datetime
    patience: timedelta
    turns: int
    conversation: uuid.UUID | None = None
    gone: bool = False


class Day:
    def __init__(self, begin: datetime, chance: random.Random) -> None:
        from django.contrib.auth.models import User

        self.now, self.end, self.chance = begin, begin + timedelta(hours=8, minutes=30), chance
        dies = begin.replace(hour=14, minute=30)
        self.agents = [
            Agent(User.objects.create_user(name, first_name=name), dies if name == "Marc" else self.end, begin)
            for name in AGENTS
        ]
        spread = [chance.triangular(0, 8, 3) for _ in range(CUSTOMERS)]
        self.customers = [
            Customer(begin + timedelta(hours=at), timedelta(minutes=chance.expovariate(1 / 9)), chance.randint(1, 5))
            for at in sorted(spread)
        ]
        self.turns: dict[uuid.UUID, Customer] = {}

    def run(self) -> None:
        from chat import takeover, team

        while self.now < self.end:
            for agent in self.there():
                team.mark_present(agent.user, available=True)
            for customer in self.customers:
                self.customer_acts(customer)
            for agent in self.there():
                self.agent_acts(agent)
            takeover.release_stale()
            self.now += STEP

    def there(self) -> list[Agent]:
        return [agent for agent in self.agents if self.now < agent.dies_at]

    def customer_acts(self, customer: Customer) -> None:
        from chat import conversations, leases, updates
        from chat.models import Conversation, Responder

        if customer.conversation is None:
            if customer.arrives_at <= self.now:
                opened = conversations.open_conversation(str(uuid.uuid4()))
                customer.conversation, self.turns[opened.id] = opened.id, customer
                conversations.post_text(opened.id, uuid.uuid4(), "je veux parler à quelqu’un", "day")
                message = leases.next_pending(opened.id)
                assert message is not None
                conversations.answer(message, _calls(self.chance.choice(TOPICS)))
            return
        row = Conversation.objects.get(id=customer.conversation)
        if (
            row.responder == Responder.WAITING
            and row.responder_since
            and self.now - row.responder_since > customer.patience
        ):
            message = updates.unread(row.id, 0).messages[-1]
            leave = next((button for button in message.offered if "Revenir" in button.title), None)
            if leave:
                conversations.post_button(row.id, uuid.uuid4(), leave.id, "day")
        elif row.responder == Responder.AGENT and row.agent_seq >= row.asked and self.chance.random() < 0.2:
            conversations.post_text(row.id, uuid.uuid4(), "d’accord, et ensuite ?", "day")

    def agent_acts(self, agent: Agent) -> None:
        from chat import conversations, takeover
        from chat.models import Conversation
        from console import inbox

        if agent.busy_until > self.now:
            return
        due = inbox.conversations("miennes", agent.user).first()
        held = Conversation.objects.filter(responder="agent", agent=agent.user).count()
        if due is None and held < AT_ONCE:
            due = inbox.conversations("a-prendre", agent.user).first()
        if due is None:
            return
        try:
            takeover.reply(due.id, agent.user, uuid.uuid4(), "Je regarde.", due.last_seq)
        except takeover.NotYours:
            return
        agent.busy_until = self.now + timedelta(seconds=self.chance.lognormvariate(4, 0.5))
        customer = self.turns[due.id]
        customer.turns -= 1
        if customer.turns <= 0:
            takeover.close(due.id, agent.user)
            if self.chance.random() < 0.4:
                conversations.rate(due.id, self.chance.random() < 0.85, "")


def _calls(topic: str) -> Any:
    explanation = {
        "intent": topic, "confidence": 0.9, "ranking": [], "entities": [], "slots": {}, "replies": [], "form": "",
        "actions": [{"name": "action_facts", "policy": "RulePolicy"}],
    }  # fmt: skip
    reply = {"text": "Je préviens l’équipe.", "buttons": [], "card": None, "handover": "asked"}
    return {"replies": [reply], "explanation": explanation}


def simulate(seed: int = 17) -> Any:
    """Live the day on an empty database; return console.team_statistics.TeamReport."""
    from django.utils import timezone

    from console.indexing.indexer import index_all
    from console.statistics import Period
    from console.team_statistics import team_report
    from shop import clock

    day = Day(clock.now().replace(hour=9, minute=30, second=0, microsecond=0), random.Random(seed))
    real = clock.now, timezone.now
    clock.now = timezone.now = lambda: day.now
    try:
        day.run()
        index_all()
    finally:
        clock.now, timezone.now = real
    return team_report(Period(day.end.date(), day.end.date()))


def table(report: Any) -> None:
    from console.templatetags.console import seconds

    print(f"{'':<28} {'asked':>6} {'given up':>9} {'held':>5} {'released':>9}   wait, first reply, held: median · 95 %")
    for kind, names in ({"": {"all": report.total}} | report.by).items():
        for name, one in names.items():
            times = "   ".join(f"{seconds(median)} · {seconds(p95)}" for median, p95 in one.durations)
            counts = f"{one.asked:>6} {one.abandoned:>9} {len(one.holds):>5} {one.released:>9}"
            print(f"{kind + ' ' + name:<28} {counts}   {times}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": f"sqlite:///{folder}/day.sqlite3", "DJANGO_SETTINGS_MODULE": "web.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        table(simulate())
        sys.stdout.flush()
