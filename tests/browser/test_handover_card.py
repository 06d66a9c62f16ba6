"""The hand-over card: its actions now, and its contents after a request was left."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.test_what_is_shown import bot as reply
from tests.browser.test_what_is_shown import streamed

pytestmark = pytest.mark.processes
CLOSES = "2099-11-23T18:00:00+01:00"


def test_a_request_takes_along_what_was_said_and_leaves_its_reference(customer, bot):
    # An agent of another test may still count as present; then the customer would enter the queue instead.
    bot.manage("shell", "-c", "from chat.models import AgentPresence; AgentPresence.objects.all().delete()")
    page = customer.page
    customer.open()
    customer.say("jai pa resu mn coli")
    customer.say("je veux parler à un conseiller")
    card = page.get_by_role("group", name="Service client")
    body = parse_qs(urlsplit(card.get_by_role("link", name="Écrire").get_attribute("href")).query)["body"]
    assert "jai pa resu mn coli" in body[0]
    card.get_by_role("button", name="Laisser une demande").click()
    customer.wait_for_answer_to("Laisser une demande")
    customer.say("jeanne@example.com")
    page.get_by_role("button", name="Envoyer ainsi").click()
    left = page.get_by_role("group", name=re.compile("Demande D-[A-Z2-9]{6}"))
    expect(left).to_contain_text("jeanne@example.com")
    expect(left).to_contain_text("jai pa resu mn coli")
    page.reload()
    expect(left).to_be_visible()


def test_an_e_mail_takes_along_what_was_told_and_nothing_else(customer):
    said = {"from": "customer"}
    contacts = {"kind": "contact", "line": "open", "until": CLOSES}
    streamed(
        customer,
        reply(2, "Quel produit ?", "Un téléphone"),
        reply(3, "Un téléphone") | said,
        reply(4, "jeanne@example.com") | said,
        reply(5, "Bonjour, je veux parler à un vrai conseiller !") | said,
        reply(6, "je n’arrive pas à contacter le vendeur, une personne m’a dit d’attendre") | said,
        reply(7, "Voici nos coordonnées.", card=contacts),
        answered=6,
        typing=False,
    )
    customer.open()
    customer.write("jai pa resu mn coli")
    expect(customer.page.locator(".waiting .message")).to_have_count(0)
    card = customer.page.get_by_role("group", name="Service client")
    body = parse_qs(urlsplit(card.get_by_role("link", name="Écrire").get_attribute("href")).query)["body"]
    told = "jai pa resu mn coli\nje n’arrive pas à contacter le vendeur, une personne m’a dit d’attendre"
    assert body == [told]


@pytest.mark.parametrize(
    ("line", "until", "says", "calls"),
    [
        ("open", CLOSES, "Ligne ouverte, jusqu’", True),
        ("closed", CLOSES, "Ligne fermée, ouvre lundi 23 novembre à 18 h", False),
        ("unknown", CLOSES, "Ligne ouverte au plus tard", True),
        ("closed", "2020-11-23T10:00:00+01:00", "", False),
    ],
)
def test_a_phone_calls_unless_the_line_is_closed(bot, customers, line, until, says, calls):
    """An outdated state of the phone line is no longer shown."""
    customer = customers(bot.web_url, 360, 740, has_touch=True, is_mobile=True)
    card = {"kind": "contact", "line": line, "until": until}
    streamed(customer, reply(2, "Voici nos coordonnées.", "Laisser une demande", card=card), answered=1, typing=False)
    customer.open()
    customer.write("un conseiller")
    shown = customer.page.get_by_role("group", name="Service client")
    expect(shown.get_by_role("button", name="Laisser une demande")).to_be_visible()
    expect(shown.get_by_role("link", name="Appeler")).to_have_count(int(calls))
    expect(shown).to_contain_text(says)
    expect(shown.locator("p")).to_have_count(int(bool(says)))
