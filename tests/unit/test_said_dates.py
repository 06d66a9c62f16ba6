"""The days and times that customers name, as they type them."""

from datetime import date, time

import pytest

from harness.contacts import NATIONAL_PHONE
from shop.said_dates import read, said_dates
from shop.said_times import said_times

TODAY = date(2026, 11, 29)  # a Sunday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("reçu le 12 novembre", date(2026, 11, 12)),
        ("recu le 12 novmbre", date(2026, 11, 12)),
        ("le 12/11 je l'ai eu", date(2026, 11, 12)),
        ("c'était le 3.10.2026", date(2026, 10, 3)),
        ("livré mercredi", date(2026, 11, 25)),
        ("livré mercrdi 18", date(2026, 11, 18)),
        ("jeudi dernier", date(2026, 11, 26)),
        ("dimanche", date(2026, 11, 22)),
        ("avant-hier", date(2026, 11, 27)),
        ("hier soir", date(2026, 11, 28)),
        ("aujourd’hui", TODAY),
        ("il y a neuf jours", date(2026, 11, 20)),
        ("ya 2 semaines", date(2026, 11, 15)),
        ("le 1er", date(2026, 11, 1)),
        ("le 30 je crois", date(2026, 10, 30)),
        ("reçu le 4 janvier", date(2027, 1, 4)),
        ("le 31 novembre", None),
    ],
)
def test_a_day_is_read(text, day):
    assert [said.day for said in said_dates(read(text), TODAY)] == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [("le 4 alors ?", date(2026, 12, 4)), ("samedi ?", date(2026, 12, 5)), ("demain", date(2026, 11, 30))],
)
def test_a_day_ahead_is_the_next_one(text, day):
    assert [said.day for said in said_dates(read(text), TODAY, ahead=True)] == [day]


@pytest.mark.parametrize(
    "text",
    ["14 jours", f"au {NATIONAL_PHONE}", "PX48207264", "de 10 h à 18 h", "le 2e colis", "je suis déçue", "j'ai 2 mails",
     "le 3 produits à 12,50 €", "merci", "c'est pas normal de vendre ça"],
)  # fmt: skip
def test_other_numbers_are_no_days(text):
    assert said_dates(read(text), TODAY) == []


def test_several_days_keep_their_order():
    said = said_dates(read("reçu le 9 novembre, je le rends avant le 24/11 ?"), TODAY)
    assert [one.day for one in said] == [date(2026, 11, 9), date(2026, 11, 24)]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("vers 19h ?", (time(19), time(19))),
        ("à 9 h 30", (time(9, 30), time(9, 30))),
        ("entre 8h et 11h", (time(8), time(11))),
        ("ce soir", (time(19), time(22))),
        ("l'après-midi", (time(14), time(17))),
        ("entre midi et deux", (time(12), time(13, 59))),
        ("quels horaires ?", None),
    ],
)
def test_a_time_is_read(text, times):
    assert said_times(read(text)) == times
