"""The alarm about failed look-ups, in the metrics and in the console."""

from datetime import datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from prometheus_client import REGISTRY, generate_latest

from chat import metrics
from console.templatetags.console import lookup_alarm_banner
from shop import access, clock, lookup_alarm
from shop.clock import PARIS

NOON = datetime(2026, 11, 23, 12, tzinfo=PARIS)


@pytest.fixture
def fail(db, monkeypatch):
    """fail(numbers, minute): one failed look-up for each number n at this minute, with values that contain n."""

    def run(numbers, minute=0, **same):
        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=minute))
        for n in numbers:
            values = {"conversation": f"c{n}", "number": f"PX{n:08}", "email": f"x{n}@example.com", "address": f"a{n}"}
            with pytest.raises(access.NoMatch):
                access.find_order(**values | same)

    return run


def raised():
    return {limit for limit, at in lookup_alarm.reached().items() if at}


def banner():
    return render_to_string("console/_lookup_alarm.html", lookup_alarm_banner())


def test_typing_mistakes_of_customers_raise_no_alarm(fail):
    fail(range(9), number="PX00000001")
    fail(range(9, 28), address="a shop's")
    assert raised() == set()
    assert not banner().strip()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limit", "count", "same"),
    [
        ("address", 20, {"address": "one"}),
        ("target", 10, {"number": "PX48207264"}),
        ("target", 10, {"email": "camille@example.com"}),
        ("all", 200, {}),
    ],
)
def test_each_limit_raises_its_own_and_a_day_later_none(fail, limit, count, same):
    fail(range(count - 1), **same)
    assert raised() == set()
    fail([count], minute=14, **same)
    assert raised() == {limit}
    assert "12\u00a0h\u00a014" in banner()
    fail([], minute=24 * 60 + 15)
    assert raised() == set()


def test_failures_far_apart_raise_none(fail):
    for n in range(40):
        fail([n], minute=n, address="one")
    assert raised() == set()


def test_metrics_count_failures_and_show_a_recent_alarm(fail):
    fail(range(20), address="one")
    _, metrics.lookups.found = metrics._read()
    told = generate_latest(REGISTRY).decode()
    assert "shop_failed_lookups 20.0" in told
    assert 'shop_lookup_alarm{limit="address"} 1.0' in told
    assert 'shop_lookup_alarm{limit="all"} 0.0' in told
    fail([], minute=16)
    _, metrics.lookups.found = metrics._read()
    assert 'shop_lookup_alarm{limit="address"} 0.0' in generate_latest(REGISTRY).decode()
    metrics.lookups.found = None


def test_agents_see_it_on_their_pages_and_nobody_else_does(fail, agent):
    fail(range(20), address="one")
    pages = [reverse(f"console:{name}") for name in ("threads", "inbox", "statistics")]
    client = agent("review")
    for page in pages:
        body = client.get(page).content.decode()
        assert "Recherches de commandes à surveiller." in body
        assert "Beaucoup d’essais sans résultat sont venus d’une même adresse." in body
        assert "ont visé un même numéro" not in body
    assert "à surveiller" not in Client().get(reverse("console:sign_in")).content.decode()
