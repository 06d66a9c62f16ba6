"""The team's figures: waits, first replies and abandoned waits."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from chat.models import Conversation, Ending, ServicePeriod
from console import daily_aggregates
from console.models import Thread
from console.statistics import Period, percentile
from console.team_statistics import team_report as report_of

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 10, 26, 8, tzinfo=UTC)  # 9 h in Paris, by winter time
DAY = Period(date(2026, 10, 26), date(2026, 10, 26))


def team_report(period, topic=""):
    return report_of(daily_aggregates.by_day(period)["team"].values(), topic)


@pytest.fixture
def people():
    return [User.objects.create_user(name, first_name="Léa") for name in ("lea", "lea2")]


def conversation(topics=("ask_invoice",), helpful=None):
    made = Conversation.objects.create(expires_at=NINE + timedelta(days=1), helpful=helpful)
    Thread.objects.create(sender=made.id.hex, chat=made, started_at=NINE, last_at=NINE, topics=list(topics))
    return made


def period(of, begin, end, ending, agent=None, reply=None, asked=None):
    """Times in seconds after nine."""

    def at(seconds):
        return None if seconds is None else NINE + timedelta(seconds=seconds)

    ServicePeriod.objects.create(
        conversation=of, waiting=agent is None, agent=agent, begun_at=at(begin), ended_at=at(end), ending=ending,
        asked_at=at(begin if asked is None else asked), replied_at=at(reply),
    )  # fmt: skip


def test_waits_first_replies_handling_times_and_abandoned_waits(people):
    lea, other = people
    one, two = conversation(helpful=True), conversation(["contact_support"])
    period(one, 0, 60, Ending.TAKEN)
    period(one, 60, 120, Ending.RELEASED, agent=lea, asked=0)
    period(one, 120, 150, Ending.TAKEN, asked=0)
    period(one, 150, 300, Ending.CLOSED, agent=other, reply=160, asked=0)
    period(two, 0, 600, Ending.GIVEN_UP)
    period(two, 3600, 3700, Ending.LEFT)
    found = team_report(DAY)
    total = found.total
    assert (total.asked, total.abandoned, total.released) == (4, 2, 1)
    assert (total.waits, total.replies, total.holds) == ({30: 1, 60: 1}, {160: 1}, {60: 1, 150: 1})
    agents = found.by["Conseiller"]
    assert list(agents) == ["lea", "lea2"], "two people of one first name"
    assert (agents["lea"].released, agents["lea"].replies, agents["lea"].rated) == (1, {}, 0)
    assert (agents["lea2"].rated, agents["lea2"].satisfaction) == (1, 1.0), "the rating is for who ended it"
    assert [(hour, one.abandoned) for hour, one in found.by["Heure"].items()] == [("09 h", 1), ("10 h", 1)]
    assert [one.asked for one in found.by["Sujet"].values()] == [2, 2]


def test_open_periods_and_periods_of_other_days_are_not_counted(people):
    one = conversation()
    period(one, -36_000, -35_000, Ending.TAKEN)
    period(one, 0, None, "")
    assert team_report(DAY).total.asked == 0
    assert team_report(DAY).total.satisfaction is None


def test_a_topic_restricts_the_figures(people):
    period(conversation(["ask_invoice"]), 0, 10, Ending.TAKEN)
    period(conversation(["ask_refund"]), 0, 20, Ending.TAKEN)
    assert team_report(DAY, "ask_refund").total.waits == {20: 1}


def test_durations_have_two_digits(people):
    for seconds in (0.4, 7, 99, 228, 3_549):
        period(conversation(), 0, seconds, Ending.TAKEN)
    assert list(team_report(DAY).total.waits) == [0, 7, 99, 230, 3_500]


def test_percentiles():
    assert percentile(Counter(), 0.5) is None
    values = Counter(range(100, 0, -1))
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (50, 95)
    assert percentile(Counter([7]), 0.95) == 7
    assert percentile(Counter({7: 18, 60: 1, 3_600: 1}), 0.95) == 60


def test_the_page_and_its_csv(agent, people):
    one = conversation()
    period(one, 0, 72, Ending.TAKEN)
    period(one, 72, 300, Ending.CLOSED, agent=people[0], reply=100, asked=0)
    client, days = agent("read"), {"du": "2026-10-26", "au": "2026-10-26"}
    body = client.get(reverse("console:statistics"), days).content.decode()
    assert "L’équipe, par conseiller" in body
    answer = client.get(reverse("console:team_csv"), days)
    lines = answer.content.decode().splitlines()
    assert "conseiller;lea;0;0;1;0;;;100" in "\n".join(lines)
    assert lines[1].startswith(";tous;1;0;1;0;72")
