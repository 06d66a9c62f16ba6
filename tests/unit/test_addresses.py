"""Which IP addresses count as one customer."""

import pytest

from chat.addresses import fingerprint, network
from chat.models import LIFETIME, Conversation
from shop import clock


def test_one_household_is_one_customer(db):
    """14 addresses of one /64, in several spellings."""
    household = [f"2001:db8:1:2::{n:x}" for n in range(10)]
    household += [
        "2001:0DB8:0001:0002:ffff::1",
        "2001:db8:1:2:3:4:5:6",
        "2001:db8:1:2:3:4:5.6.7.8",
        "2001:db8:1:2::a%eth0",
    ]
    assert len({fingerprint(address) for address in household}) == 1
    assert fingerprint("2001:db8:1:3::1") not in map(fingerprint, household)


@pytest.mark.parametrize(
    "written", ["::ffff:192.0.2.1", "::FFFF:c000:201", "64:ff9b::192.0.2.1", "2002:c000:201::1", "2002:c000:201:7::9"]
)
def test_an_ipv4_address_is_the_same_in_every_form(written):
    assert network(written) == network("192.0.2.1") == "192.0.2.1"
    assert network("192.0.2.2") != network("192.0.2.1")


def test_customers_behind_a_translator_are_not_one():
    assert network("64:ff9b::192.0.2.1") != network("64:ff9b::192.0.2.2")
    assert network("::ffff:192.0.2.1") != network("::ffff:192.0.2.2")


@pytest.mark.parametrize("other", ["", "unix:", "testclient"])
def test_what_is_no_address_is_left_as_it_is(other):
    assert network(other) == other


def test_a_network_keeps_its_fingerprint_while_the_old_key_is_accepted(db, settings):
    known, new = fingerprint("192.0.2.1"), fingerprint("192.0.2.2")
    Conversation.objects.create(address=known, expires_at=clock.now() + LIFETIME)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 50
    assert fingerprint("192.0.2.1") == known
    assert fingerprint("192.0.2.2") != new, "no conversation: nothing to go on counting"
    settings.SECRET_KEY_FALLBACKS = []
    assert fingerprint("192.0.2.1") != known
