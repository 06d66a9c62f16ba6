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
    """Open the conversation, and wait until its scripts run, because a key that is pressed before is ignored."""
    with agent.expect_navigation(wait_until="load"):
        agent.get_by_role("link", name=re.compile(words)).click()


def test_a_customer_and_an_agent_talk_live(agent, customer):
    customer.write("je veux parler à un conseiller")
    expect(customer.page.get_by_text("vous êtes le prochain")).to_be_visible()
    expect(agent.get_by_role("link", name=re.compile("je veux parler à un conseiller"))).to_be_visible()
    expect(agent).to_have_title(re.compile(r"^\(1\) Boîte de réception"))
    agent.get_by_label("Compteur dans l’onglet").uncheck()
    agent.reload()
    expect(agent).to_have_title(re.compile("^Boîte de réception"))
    agent.get_by_label("Compteur dans l’onglet").check()
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
    expect(customer.page.get_by_role("button", name="Revenir à l’assistant")).to_have_count(0)


def test_ticked_rows_stay_ticked_while_the_list_changes_and_are_taken_and_put_back_at_once(
    agent, customer, customers, isolated_bot
):
    customer.write("je veux un conseiller, premier")
    box = agent.get_by_role("checkbox", name=re.compile("premier"))
    box.focus()
    box.press("Space")
    second = customers(f"{isolated_bot.web_url}/", 360, 740)
    second.open()
    second.write("je veux un conseiller, second")
    expect(agent.locator("#list .tick")).to_have_count(2)
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(agent.get_by_text("1 cochée")).to_be_visible()
    agent.get_by_role("checkbox", name=re.compile("1 cochée")).check()
    assert violations(agent) == []
    agent.get_by_role("button", name="Prendre").click()
    expect(agent.get_by_text("2 prises")).to_be_visible()
    for one in (customer, second):
        expect(one.page.get_by_text("Vous parlez avec Léa")).to_be_visible()
    agent.get_by_role("button", name="Annuler").click()
    expect(agent.get_by_text("C’est annulé")).to_be_visible()
    expect(customer.status()).to_contain_text("vous êtes le prochain")
    # Not check(): after the click the box has another name (« 2 cochées »).
    agent.get_by_role("checkbox", name="Tout cocher").click()
    agent.get_by_role("button", name="Prendre").click()
    expect(agent.get_by_text("2 prises")).to_be_visible()
    agent.get_by_role("link", name=re.compile("Les miennes")).click()
    agent.get_by_role("checkbox", name="Tout cocher").click()
    agent.get_by_role("button", name="Terminer").click()
    for one in (customer, second):
        expect(one.log().get_by_text("a terminé l’échange")).to_be_visible()


def test_what_each_side_sees_while_the_network_is_cut_and_after(agent, customer):
    customer.write("un conseiller, vite")
    open_talk(agent, "un conseiller, vite")
    answer = agent.get_by_label("Répondre au client")
    answer.fill("Bonjour, je regarde.")
    answer.press("Control+Enter")
    expect(customer.log().get_by_text("Bonjour, je regarde.")).to_be_visible()

    customer.context.set_offline(True)
    customer.write("ma commande est PX48207264")
    expect(customer.status()).to_contain_text("Vous êtes hors connexion")
    answer.fill("Quel est votre numéro ?")
    answer.press("Control+Enter")
    expect(agent.locator("#talk").get_by_text("Quel est votre numéro ?")).to_be_visible()
    customer.context.set_offline(False)
    expect(customer.log().get_by_text("Quel est votre numéro ?")).to_be_visible()
    expect(agent.locator("#talk").get_by_text("ma commande est PX48207264")).to_have_count(1)

    agent.context.set_offline(True)
    expect(agent.get_by_text("Hors ligne")).to_be_visible()
    customer.write("il y a quelqu’un ?")
    answer.fill("Oui, je suis là.")
    answer.press("Control+Enter")
    expect(agent.get_by_role("alert").get_by_text("Ce que vous avez écrit est encore là")).to_be_visible()
    expect(answer).to_have_value("Oui, je suis là.")
    agent.context.set_offline(False)
    expect(agent.locator("#talk").get_by_text("il y a quelqu’un ?")).to_be_visible()
    expect(agent.get_by_text("Hors ligne")).to_be_hidden()
    agent.get_by_role("button", name="Réessayer").click()
    expect(customer.log().get_by_text("Oui, je suis là.")).to_have_count(1)
    said = [text for _, text in customer.said()]
    once = ("ma commande est PX48207264", "il y a quelqu’un ?", "Oui, je suis là.")
    assert [said.count(text) for text in once] == [1, 1, 1]
    agent.get_by_role("button", name="Terminer").click()
    expect(customer.log().get_by_text("a terminé l’échange")).to_be_visible()


def test_the_inbox_reconnects_after_a_proxys_error_and_after_a_dead_connection(agent, customer):
    """A browser does not reconnect a stream after a 502, and does not notice a dead connection."""
    with agent.expect_navigation(wait_until="load"):
        agent.get_by_role("link", name=re.compile("^À prendre")).click()
    agent.route("**/boite/flux*", lambda route: route.fulfill(status=502))
    agent.reload()
    expect(agent.get_by_text("Hors ligne")).to_be_visible()
    agent.unroute("**/boite/flux*")
    expect(agent.get_by_text("Hors ligne")).to_be_hidden()
    silent = 'event: activity\ndata: {"others": []}\n\n'
    agent.route("**/boite/flux*", lambda route: route.fulfill(body=silent, content_type="text/event-stream"))
    agent.reload()
    agent.unroute("**/boite/flux*")
    customer.write("y a-t-il un conseiller ?")
    expect(agent.get_by_role("link", name=re.compile("y a-t-il un conseiller"))).to_be_visible()
