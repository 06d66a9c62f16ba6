"""Every documented fact is in a reply, with its words; every figure and address in a reply is one of its facts'."""

import re
from pathlib import Path

import pytest

from bot.nlu.text import MAX_CHARACTERS
from bot.typography import typeset
from harness.project import read, responses
from shop import numbers
from shop.rules import phone_line
from shop.rules.withdrawal import WITHDRAWAL_DAYS

FACTS = read(Path(__file__).with_name("facts.yml"))
CASES = [(fact, name, pieces) for fact, replies in FACTS.items() for name, pieces in replies.items()]
PHONE = "+33 (0)1 76 24 11 20"
# The figures and addresses that each fact gives.
GIVEN = {
    "WDR-1": {"14"},
    "REF-1": {"30"},
    "CON-1": {PHONE, "10", "18", "10:00", "18:00"},
    "CON-2": {"service-client@pixmania.com"},
    "CON-3": {"22", "75017"},
    "CON-4": {"buyback@pixmania.com", "privacy@pixmania.com"},
    "TRD-2": {"buyback@pixmania.com"},
    "RGPD-1": {"privacy@pixmania.com"},
    "SAFE-1": {"3114", "15", "112"},
}
# What is no policy: the shape of numbers, and how long a message may be.
SHAPES = re.compile(r"\b(?:PX|RP)12345678\b|\b8 chiffres\b|\b2 000 caractères\b")
FIGURE = re.compile(rf"{re.escape(PHONE)}|[\w.-]+@pixmania\.\w+|\d[\d:]*(?: \d{{3}})*")


def alike(text):
    return re.sub(r"\s+", " ", text.replace("’", "'"))


def figures(text):
    """The figures and addresses of the shop in a text, without the numbers of a list's steps."""
    steps = re.sub(r"^\d\. ", "", text, flags=re.MULTILINE)
    return set(FIGURE.findall(SHAPES.sub("", alike(re.sub(r"{\w+}", "", steps)))))


def facts_of(name):
    """[(text, its facts)] of a reply's variations: their own facts, or those of the first one."""
    variations = responses()[name]
    first = (variations[0].get("metadata") or {}).get("facts", [])
    return [(one["text"], (one.get("metadata") or {}).get("facts", first)) for one in variations]


@pytest.mark.parametrize(("fact", "name", "pieces"), CASES)
def test_a_reply_tells_the_fact(fact, name, pieces):
    text = alike(typeset(responses()[name][0]["text"]))
    missing = [piece for piece in pieces if alike(piece).casefold() not in text.casefold()]
    assert not missing, f"{fact} in {name}: {missing} not in {text}"
    assert fact in facts_of(name)[0][1], f"{name} does not say that it tells {fact}"


@pytest.mark.parametrize("name", responses())
def test_every_figure_of_a_reply_is_given_by_one_of_its_facts(name):
    for text, facts in facts_of(name):
        given = set().union(*(GIVEN.get(fact, set()) for fact in facts))
        assert figures(text) <= given, f"{name} has {figures(text) - given}, which none of {facts} gives: {text}"


@pytest.mark.parametrize("name", responses())
def test_the_facts_that_a_reply_names_are_documented(name):
    for text, facts in facts_of(name):
        assert set(facts) <= set(FACTS), text


def test_the_figures_are_those_that_the_shop_computes_with():
    assert {f"{WITHDRAWAL_DAYS}"} == GIVEN["WDR-1"]
    hours = {phone_line.OPENS, phone_line.CLOSES}
    assert {form.format(hour) for hour in hours for form in ("{:%-H}", "{:%H:%M}")} == GIVEN["CON-1"] - {PHONE}
    assert f"{numbers.DIGITS} chiffres" in responses()["utter_ask_order_number"][0]["text"]
    assert f"{MAX_CHARACTERS:,} caractères".replace(",", " ") in responses()["utter_message_too_long"][0]["text"]
