"""Every documented fact appears in a reply; every figure and address in a reply comes from one of its facts."""

from console.reply_checks import GIVEN, PHONE, facts, ungiven_figures, untold_facts
from harness.checks import assert_none
from harness.project import responses, where
from shop.rules import phone_line
from shop.rules.withdrawal import WITHDRAWAL_DAYS

FACTS = facts()


def facts_of(name):
    """[(text, its facts)] of a reply's variations. A variation without facts has those of the first one."""
    variations = responses()[name]
    first = (variations[0].get("metadata") or {}).get("facts", [])
    return [(one.get("text", ""), (one.get("metadata") or {}).get("facts", first)) for one in variations]


def test_a_reply_tells_its_fact():
    assert_none(
        f"{where(name)}: write « {piece} », as data/facts.yml quotes {fact}"
        for name, fact, piece in untold_facts(responses())
    )


def test_a_reply_names_the_facts_that_it_tells():
    assert_none(
        f"{where(name)}: write {fact} into the facts of its first wording, as data/facts.yml has it"
        for fact, replies in FACTS.items()
        for name in replies
        if name in responses() and fact not in facts_of(name)[0][1]
    )


def test_every_figure_of_a_reply_is_given_by_one_of_its_facts():
    assert_none(
        f"{where(name)}: name the fact that gives {figure}, none of its facts does; or leave it out of: {text}"
        for name, figure, text in ungiven_figures(responses())
    )


def test_the_facts_that_a_reply_names_are_documented():
    assert_none(
        f"{where(name)}: {fact} is no fact of data/facts.yml"
        for name in responses()
        for _, named in facts_of(name)
        for fact in named
        if fact not in FACTS
    )


def test_the_figures_are_those_that_the_shop_computes_with():
    assert {f"{WITHDRAWAL_DAYS}"} == GIVEN["WDR-1"]
    hours = {phone_line.OPENS, phone_line.CLOSES}
    assert {form.format(hour) for hour in hours for form in ("{:%-H}", "{:%H:%M}")} == GIVEN["CON-1"] - {PHONE}
