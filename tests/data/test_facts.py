"""Every documented fact is in a reply, with its figures, labels and addresses; no reply gives a figure of its own."""

import re
from pathlib import Path

import pytest

from bot.typography import typeset
from tests.project import read, responses

FACTS = read(Path(__file__).with_name("facts.yml"))
CASES = [(fact, name, pieces) for fact, replies in FACTS.items() for name, pieces in replies.items()]
# Figures of the facts (14 and 30 days, opening hours), of numbers' shapes, and of the message limit.
FIGURES = {"14", "30", "10", "18", "8", "2 000"}
CONTACTS = ["+33 (0)1 76 24 11 20", "22 rue Curnonsky, 75017 Paris", "10:00 to 18:00", "PX12345678", "RP12345678"]


def alike(text):
    return re.sub(r"\s+", " ", text.replace("’", "'"))


@pytest.mark.parametrize(("fact", "name", "pieces"), CASES)
def test_a_reply_tells_the_fact(fact, name, pieces):
    text = alike(typeset(responses()[name][0]["text"]))
    missing = [piece for piece in pieces if alike(piece).casefold() not in text.casefold()]
    assert not missing, f"{fact} in {name}: {missing} not in {text}"


@pytest.mark.parametrize("name", responses())
def test_no_reply_holds_a_figure_that_no_fact_gives(name):
    for variation in responses()[name]:
        text = alike(variation["text"])
        for contact in CONTACTS:
            text = text.replace(contact, "")
        text = re.sub(r"^\d\. ", "", re.sub(r"(?<= )\d\. ", "", text))
        figures = set(re.findall(r"\d+(?: \d{3})*", text))
        assert figures <= FIGURES, f"{name}: {figures - FIGURES}"
