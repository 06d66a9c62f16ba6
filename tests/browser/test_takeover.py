"""Two windows: a customer asks for a person, an agent answers in the inbox, and the bot takes over again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.processes


@pytest.fixture
def agent(isolated_bot, customers):
    """The inbox of an agent; it is closed afterwards, so that no agent is present for other tests."""
    password = isolated_bot.manage("console_user", "lea", "--role", "review", "--first-name", "Léa").strip()
    page = customers(f"{isolated_bot.web_url}/console/boite/", 1280, 800).page
    page.get_by_label("Nom").fill("lea")
    page.get_by_label("Mot de passe").fill(password)
    with page.expect_response("**/boite/presence"):
        page.get_by_label("Mot de passe").press("Enter")
    yield page
    with page.expect_response("**/boite/presence"):
        page.get_by_label("Je prends des conversations").uncheck()


@pytest.fixture
def customer(isolated_bot, customers):
    made = customers(f"{isolated_bot.web_url}/", 360, 740)
    made.open()
    return made


def open_talk(agent, words):
    """Open the conversation, and wait until its page is ready: a key that is pressed before its scripts run is lost."""
    with agent.expect_navigation(wait_until="load"):
        agent.get_by_role("link", name=re.compile(words)).click()


def test_a_customer_and_an_agent_talk_live(agent, customer):
    customer.write("je veux parler à un conseiller")
    expect(customer.page.get_by_text("vous êtes le prochain")).to_be_visible()
    expect(agent.get_by_role("link", name=re.compile("je veux parler à un conseiller"))).to_be_visible()
    expect(agent).to_have_title(re.compile(r"^\(1\) Boîte de réception"))
    open_talk(agent, "je veux parler à un conseiller")
    agent.get_by_label("Répondre au client").fill("Bonjour, je regarde.")
    agent.get_by_label("Répondre au client").press("Control+Enter")
    expect(agent.get_by_role("heading", name="Vous répondez")).to_be_visible()
    expect(customer.log().get_by_text("Bonjour, je regarde.")).to_be_visible()
    expect(customer.page.get_by_text("Vous parlez avec Léa")).to_be_visible()
    expect(customer.page.get_by_text("vous êtes le prochain")).to_be_hidden()
    expect(customer.page.get_by_role("button", name="Revenir à l’assistant")).to_have_count(0)
    expect(agent.locator("#talk li.agent[data-read]")).to_have_count(1)
    customer.page.get_by_label("Votre message").press_sequentially("mer")
    expect(agent.get_by_text("Le client écrit…")).to_be_visible()
    agent.get_by_label("Répondre au client").press_sequentially("Un brouillon")
    expect(customer.page.get_by_text("Léa écrit…")).to_be_visible()
    customer.write("merci, j’attends")
    expect(customer.page.get_by_text("Léa a lu votre message.")).to_be_visible()
    expect(agent.locator("#talk").get_by_text("merci, j’attends")).to_be_visible()
    expect(agent.get_by_label("Répondre au client")).to_have_value("Un brouillon")
    agent.reload()
    expect(agent.get_by_label("Répondre au client")).to_have_value("Un brouillon")
    agent.get_by_label("Répondre au client").press_sequentially(" /bonj")
    agent.get_by_label("Répondre au client").press("Enter")
    expect(agent.get_by_label("Répondre au client")).to_have_value(re.compile("^Un brouillon Bonjour, ici Léa"))
    assert violations(agent) == []
    agent.get_by_role("button", name="Rendre à l’assistant").click()
    expect(customer.log().get_by_text("Ici de nouveau l’assistant automatique")).to_be_visible()
    customer.say("où est ma facture ?")
    customer.page.get_by_role("button", name="Options de la conversation").click()
    customer.page.get_by_role("button", name="Donner mon avis").click()
    expect(customer.page.locator(".rating")).to_contain_text("L’échange avec Léa vous a-t-il été utile")
    assert violations(customer.page) == []


def test_the_inbox_fits_a_phone(agent, customer):
    customer.write("un conseiller s’il vous plaît")
    open_talk(agent, "un conseiller s’il vous plaît")
    agent.set_viewport_size({"width": 360, "height": 740})
    with agent.expect_navigation(wait_until="load"):
        agent.get_by_role("button", name=re.compile("^Prendre")).first.click()
    expect(agent.get_by_role("heading", name="Vous répondez")).to_be_visible()
    assert agent.evaluate("document.documentElement.scrollWidth") <= 360
    agent.get_by_label("Répondre au client").press_sequentially("Un mot qui n’est pas parti")
    with agent.expect_event("dialog") as warning:
        agent.close(run_before_unload=True)
    assert warning.value.type == "beforeunload", "closing the tab with a draft warns"
    warning.value.dismiss()
    agent.get_by_role("button", name="Terminer").click()
    expect(customer.log().get_by_text("a terminé l’échange")).to_be_visible()
