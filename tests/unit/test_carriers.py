"""A tracking link leads only to the carrier's site in the table, whatever values the record contains."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.data import ORDERS
from shop.rules.carriers import PAGES, is_tracking_url, tracking_number, tracking_url

CHRONOPOST = "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT=XY482095803FR"


@pytest.mark.parametrize(
    ("carrier", "host"),
    [
        ("Chronopost", "www.chronopost.fr"),
        ("COLISSIMO Domicile", "www.laposte.fr"),
        ("La Poste", "www.laposte.fr"),
        ("Mondial-Relay", "www.mondialrelay.fr"),
        ("Colis Privé", "colisprive.com"),
        ("DHL Express", "www.dhl.com"),
    ],
)
def test_a_carrier_is_known_by_its_first_words(carrier, host):
    assert urlsplit(tracking_url(carrier, "8R00482072641")).hostname == host


@pytest.mark.parametrize(
    "carrier", ["", "Upsilon", "Transports Chronopost", "\u0421hronopost", "DPD\u0430", "https://ups.com"]
)
def test_another_carrier_has_no_link(carrier):
    assert tracking_url(carrier, "8R00482072641") is None


def test_every_demo_order_has_a_link():
    assert all(tracking_url(order.carrier, tracking_number(order.tracking_number)) for order in ORDERS if order.carrier)


@given(st.sampled_from(sorted(PAGES)), st.text())
def test_a_number_never_leaves_its_place_in_the_link(carrier, number):
    url, honest = urlsplit(tracking_url(carrier, number)), urlsplit(tracking_url(carrier, "1"))
    assert (url.scheme, url.netloc, url.fragment) == ("https", honest.netloc, "")
    assert url.path.count("/") == honest.path.count("/")
    assert url.query.count("&") == honest.query.count("&")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8R00482072641", "8R00482072641"),
        ("8R 0048 2072 641", "8R00482072641"),
        ("48228146", "48228146"),
        ("https://pirate.example/12345678", None),
        ("12345678@pirate.example", None),
        ("12345678?x=1&y", None),
        ("pirate", None),
        ("00000000", None),
        ("NULL", None),
        ("N/A", None),
        ("-", None),
        ("", None),
        ("1234", None),
        ("٨٨٨٨١٢٣٤", None),
        ("9" * 41, None),
    ],
)
def test_a_tracking_number_has_a_shape(text, number):
    assert tracking_number(text) == number


@pytest.mark.parametrize(
    "url",
    [
        "https://suivi.chronopost.fr@pirate.example/x",
        "https://www.chronopost.fr@pirate.example/x",
        "https://www.chronopost.fr:pw@www.chronopost.fr/x",
        "https://www.chronopost.fr:8443/x",
        "https://www.chronopost.fr.pirate.example/x",
        "https://pirate.example/www.chronopost.fr",
        "https://www.chronop\u043est.fr/x",
        "https://www.xn--chronopst-u1g.fr/x",
        "https://www.chronopost.fr\\@pirate.example/x",
        "https://www.chronopost.fr\t.pirate.example/x",
        "http://www.chronopost.fr/x",
        "javascript:alert(1)//www.chronopost.fr",
        "data:text/html,x",
        "//www.chronopost.fr/x",
        "https://[www.chronopost.fr/x",
        "https://www.chronopost.fr:port/x",
        "https://www.laposte.fr/x",
        "",
    ],
)
def test_an_address_of_others_is_refused(url):
    assert not is_tracking_url(url, "Chronopost")


def test_the_carriers_own_address_is_accepted():
    assert is_tracking_url(CHRONOPOST, "Chronopost")
    assert not is_tracking_url(CHRONOPOST, "Inconnu")
