"""Every documented fact appears in a reply; every figure and address in a reply comes from one of its facts."""

import re
from pathlib import Path

from bot.typography import typeset
from harness.checks import assert_none
from harness.project import read, responses, where
from shop import contacts, formatting
from shop.rules import phone_line
from shop.rules.withdrawal import WITHDRAWAL_DAYS

FACTS = read(Path(__file__).with_name("facts.yml"))
PHONE = contacts.PHONE.replace(formatting.NO_BREAK, " ")
# The figures and addresses of each fact.
GIVEN = {
    "WDR-1": {"14"},
    "REF-1": {"30"},
    "CON-1": {PHONE, "10", "18", "10:00", "18:00"},
    "CON-2": {contacts.SUPPORT_EMAIL},
    "CON-3": set(re.findall(r"\d+", " ".join(contacts.POSTAL_ADDRESS))),
    "CON-4": {contacts.BUYBACK_EMAIL, contacts.PRIVACY_EMAIL},
    "TRD-2": {contacts.BUYBACK_EMAIL},
    "RGPD-1": {contacts.PRIVACY_EMAIL},
    "SAFE-1": {"3114", "15", "112"},
}
# Not policy: the shape of numbers, and the maximum length of a message.
SHAPES = re.compile(r"\b(?:PX|RP)12345678\b|\b8 chiffres\b|\b2 000 caractères\b")
FIGURE = re.compile(rf"{re.escape(PHONE)}|[\w.-]+@pixmania\.\w+|\d[\d:]*(?: \d{{3}})*")


def normalised(text):
    return re.sub(r"\s+", " ", text.replace("’", "'"))


def figures(text):
    """The shop's figures and addresses in a text, without the numbers of list items."""
    steps = re.sub(r"^\d\. ", "", text, flags=re.MULTILINE)
    return set(FIGURE.findall(SHAPES.sub("", normalised(re.sub(r"{\w+}", "", steps)))))


def facts_of(name):
    """[(text, its facts)] of a reply's variations: their own facts, or those of the first one."""
    variations = responses()[name]
    first = (variations[0].get("metadata") or {}).get("facts", [])
    return [(one.get("text", ""), (one.get("metadata") or {}).get("facts", first)) for one in variations]


def test_a_reply_tells_its_fact():
    assert_none(
        f"{where(name)}: write « {piece} », as tests/data/facts.yml quotes {fact}"
        for fact, replies in FACTS.items()
        for name, pieces in replies.items()
        for piece in pieces
        if normalised(piece).casefold() not in normalised(typeset(first_text(name))).casefold()
    )


def first_text(name):
    return responses()[name][0]["text"] if name in responses() else ""


def test_a_reply_names_the_facts_that_it_tells():
    assert_none(
        f"{where(name)}: write {fact} into the facts of its first wording, as tests/data/facts.yml has it"
        for fact, replies in FACTS.items()
        for name in replies
        if name in responses() and fact not in facts_of(name)[0][1]
    )


def test_every_figure_of_a_reply_is_given_by_one_of_its_facts():
    assert_none(
        f"{where(name)}: name the fact that gives {figure}, none of {facts} does; or leave it out of: {text}"
        for name in responses()
        for text, facts in facts_of(name)
        for figure in figures(text) - set().union(*(GIVEN.get(fact, set()) for fact in facts))
    )


def test_the_facts_that_a_reply_names_are_documented():
    assert_none(
        f"{where(name)}: {fact} is no fact of tests/data/facts.yml"
        for name in responses()
        for _, facts in facts_of(name)
        for fact in facts
        if fact not in FACTS
    )


def test_the_figures_are_those_that_the_shop_computes_with():
    assert {f"{WITHDRAWAL_DAYS}"} == GIVEN["WDR-1"]
    hours = {phone_line.OPENS, phone_line.CLOSES}
    assert {form.format(hour) for hour in hours for form in ("{:%-H}", "{:%H:%M}")} == GIVEN["CON-1"] - {PHONE}
