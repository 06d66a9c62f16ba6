"""Nothing is lost and nothing is sent twice: offline, reload, other tabs, other pages, a server that restarts."""

import json
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.faults import locked_file
from tests.processes import wait_for

pytestmark = pytest.mark.processes
# Five seconds are promised; a loaded machine is given some more.
HANG_MS = 9_000


def token(customer):
    return json.loads(customer.page.evaluate("localStorage.getItem('pixmania-chat')"))["session"]["token"]


def test_offline_a_message_waits_and_leaves_when_the_connection_is_back(bot, customer):
    customer.open()
    customer.say("bonjour")
    customer.context.set_offline(True)
    customer.write("où est mon colis ?")
    customer.write("et ma facture ?")
    expect(customer.page.locator(".failed").first).to_contain_text("Non envoyé")
    expect(customer.page.get_by_role("status").filter(has_text="hors connexion")).to_be_visible()
    customer.context.set_offline(False)
    customer.wait_for_answer_to("et ma facture ?")
    expect(customer.page.locator(".failed, .sending")).to_have_count(0)
    assert bot.rasa_messages(token(customer).split(":")[0]) == ["bonjour", "où est mon colis ?", "et ma facture ?"]


def test_what_was_not_sent_may_be_tried_again_or_thrown_away(bot, customer):
    customer.open()
    customer.say("bonjour")
    refuse = "**/chat/v1/messages"
    customer.page.route(refuse, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    customer.write("où est mon colis ?")
    expect(customer.page.locator(".failed")).to_have_count(1)
    customer.write("erreur")
    customer.page.locator(".message").filter(has_text="erreur").get_by_role("button", name="Supprimer").click()
    customer.page.unroute(refuse)
    customer.page.get_by_role("button", name="Réessayer").click()
    customer.wait_for_answer_to("où est mon colis ?")
    assert bot.rasa_messages(token(customer).split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_a_lost_acknowledgement_doubles_nothing(bot, customer):
    """The server took the message, its answer never arrived: the same message is sent again."""
    customer.open()
    customer.say("bonjour")
    lost = []

    def lose_the_first(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    customer.page.route("**/chat/v1/messages", lose_the_first)
    customer.say("où est mon colis ?")
    expect(customer.page.locator(".sending, .failed")).to_have_count(0)
    assert lost == [202]
    assert [text for who, text in customer.said() if who == "customer"] == ["bonjour", "où est mon colis ?"]
    assert bot.rasa_messages(token(customer).split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_a_reload_another_page_and_the_draft(customer):
    customer.open()
    customer.say("où est mon colis ?")
    before = customer.said()
    customer.page.get_by_label("Votre message").fill("je voulais aussi")
    customer.page.goto(f"{customer.url}/contact")
    expect(customer.page.get_by_role("dialog")).to_be_visible()
    expect(customer.page.locator(".said .message")).to_have_count(len(before))
    assert customer.said() == before
    expect(customer.page.get_by_label("Votre message")).to_have_value("je voulais aussi")


def test_a_message_that_was_written_before_the_page_was_left_is_sent_by_the_next(bot, customer):
    customer.open()
    customer.say("bonjour")
    customer.context.set_offline(True)
    customer.write("où est mon colis ?")
    expect(customer.page.locator(".failed")).to_have_count(1)
    customer.page.goto("about:blank")
    customer.context.set_offline(False)
    customer.page.goto(customer.url)
    customer.wait_for_answer_to("où est mon colis ?")
    assert bot.rasa_messages(token(customer).split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_two_tabs_show_the_same_conversation_and_send_each_message_once(bot, customer):
    customer.open()
    customer.say("bonjour")
    other = customer.new_tab()
    expect(other.locator(".said .message")).to_have_count(len(customer.said()))
    if other.get_by_role("dialog").is_hidden():
        customer.open(other)
    customer.say("où est mon colis ?", other)
    customer.page.bring_to_front()
    customer.wait_for_answer_to("où est mon colis ?")
    customer.say("et ma facture ?")
    customer.wait_for_answer_to("et ma facture ?", other)
    assert customer.said() == customer.said(other)
    assert bot.rasa_messages(token(customer).split(":")[0]) == ["bonjour", "où est mon colis ?", "et ma facture ?"]


def test_two_tabs_agree_on_what_was_seen_and_then_are_silent(customer):
    """Each once told the other another number, for ever."""
    customer.open()
    customer.say("bonjour")
    customer.page.evaluate("window.told = 0; addEventListener('storage', () => window.told++)")
    other = customer.new_tab()
    if other.get_by_role("dialog").is_hidden():
        customer.open(other)
    customer.say("où est mon colis ?", other)
    customer.page.bring_to_front()
    customer.wait_for_answer_to("où est mon colis ?")
    assert customer.page.evaluate("window.told") < 30


def test_a_late_word_of_an_erased_conversation_spares_the_one_that_another_tab_began(bot, customers):
    """Without TLS a browser has no locks for tabs: one may still send for the conversation that the other erased."""
    customer = customers(bot.web_url)
    customer.context.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})")
    customer.page.reload()
    customer.open()
    customer.say("bonjour")
    other, held = customer.new_tab(), []
    customer.page.route("**/chat/v1/messages", lambda route: held.append(route))
    with customer.page.expect_request("**/chat/v1/messages"):
        customer.write("où est mon colis ?")
    erase(customer, other)
    customer.say("et ma facture ?", other)
    begun = token(customer)
    with customer.page.expect_response("**/chat/v1/messages") as refused:
        held[0].continue_()
    assert refused.value.status == 401
    customer.page.unroute("**/chat/v1/messages")
    customer.say("et mon remboursement ?")
    assert token(customer) == begun
    assert bot.rasa_messages(begun.split(":")[0]) == ["et ma facture ?", "et mon remboursement ?"]


def erase(customer, tab):
    if tab.get_by_role("dialog").is_hidden():
        customer.open(tab)
    tab.get_by_role("button", name="Options de la conversation").click()
    tab.get_by_role("button", name="Effacer la conversation").click()
    tab.get_by_role("button", name="Effacer", exact=True).click()
    expect(tab.locator(".said .message")).to_have_count(0)


def test_a_browser_that_stores_nothing_still_has_its_conversation(bot, customers):
    customer = customers(bot.web_url)
    customer.context.add_init_script(
        "for (const name of ['getItem', 'setItem', 'removeItem'])"
        " Storage.prototype[name] = () => { throw new DOMException('no', 'SecurityError') }"
    )
    customer.page.reload()
    customer.open()
    customer.say("bonjour")
    customer.say("où est mon colis ?")


def test_the_answer_is_there_though_the_tab_was_hidden_when_it_came(customer):
    customer.open()
    customer.say("bonjour")
    hide = "Object.defineProperty(document, 'hidden', {get: () => %s, configurable: true});"
    told = "document.dispatchEvent(new Event('visibilitychange'))"
    customer.page.evaluate(hide % "true" + told)
    customer.write("où est mon colis ?")
    expect(customer.page.locator(".said .customer .bubble").last).to_have_text("où est mon colis ?")
    customer.page.evaluate(hide % "false" + told)
    customer.wait_for_answer_to("où est mon colis ?")
    seqs = customer.page.locator("[data-seq]").evaluate_all("all => all.map(one => Number(one.dataset.seq))")
    assert seqs == list(range(1, len(seqs) + 1))


def test_unread_answers_are_counted_on_the_launcher(customer):
    customer.open()
    customer.say("bonjour")
    held = []
    customer.page.route("**/chat/v1/messages", lambda route: held.append(route))
    with customer.page.expect_request("**/chat/v1/messages"):
        customer.write("où est mon colis ?")
    customer.page.get_by_role("button", name="Fermer la conversation").click()
    # Sent only now, so that no answer comes before the panel is closed.
    held[0].continue_()
    launcher = customer.page.get_by_role("button", name="Une question")
    expect(launcher).to_be_focused()
    expect(launcher).to_contain_text("non lu")
    launcher.click()
    expect(customer.log()).to_contain_text("Mon compte")
    customer.page.keyboard.press("Escape")
    expect(launcher).not_to_contain_text("non lu")


def test_a_server_that_restarts_in_mid_conversation(own, customers):
    customer = customers(own.web_url)
    customer.open()
    customer.say("bonjour")
    own.kill("web")
    customer.write("où est mon colis ?")
    expect(customer.page.get_by_role("status").filter(has_text="La messagerie ne répond pas")).to_be_visible()
    own.start("web")
    own.wait_until_healthy()
    customer.wait_for_answer_to("où est mon colis ?")
    expect(customer.page.locator(".banner")).to_have_text("")
    assert own.rasa_messages(token(customer).split(":")[0]) == ["bonjour", "où est mon colis ?"]


@pytest.mark.parametrize("when", ["before it is sent", "once it is taken"])
def test_a_server_that_hangs_is_told_within_seconds(own, customers, when):
    """Its connections stay open, so that the browser does not notice by itself."""
    customer = customers(own.web_url)
    customer.open()
    customer.say("bonjour")
    if when == "once it is taken":
        # The web process hangs as soon as it has acknowledged the message, before it has told the news.
        customer.page.route("**/chat/v1/messages", lambda route: _freeze_after(own, route))
    else:
        own.freeze("web")
    customer.write("où est mon colis ?")
    hangs = customer.page.get_by_role("status").filter(has_text="La messagerie ne répond pas")
    expect(hangs).to_be_visible(timeout=HANG_MS)
    expect(hangs).to_contain_text("service-client@pixmania.com")
    own.thaw("web")
    customer.wait_for_answer_to("où est mon colis ?")
    expect(customer.page.locator(".banner")).to_have_text("")
    assert own.rasa_messages(token(customer).split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_where_nothing_can_be_written_the_server_says_so_and_the_widget_at_once(own, customers):
    """The message was taken; its answer cannot be stored, nor that it is late."""
    customer = customers(own.web_url)
    customer.open()
    customer.say("bonjour")
    own.freeze("rasa")
    customer.write("où est mon colis ?")
    expect(customer.page.locator(".said .customer .bubble").last).to_have_text("où est mon colis ?")
    wait_for(lambda: "où est mon colis ?" in stored_texts(own))
    with locked_file(own.folder / "pixmania.sqlite3"):
        away = customer.page.get_by_role("status").filter(has_text="La messagerie ne répond pas")
        expect(away).to_be_visible(timeout=HANG_MS)
        expect(away).to_contain_text("service-client@pixmania.com")
    own.thaw("rasa")
    customer.wait_for_answer_to("où est mon colis ?")
    expect(customer.page.locator(".banner")).to_have_text("")


def stored_texts(own):
    with closing(sqlite3.connect(own.folder / "pixmania.sqlite3")) as database:
        return [text for (text,) in database.execute("SELECT text FROM chat_message")]


def _freeze_after(own, route):
    answer = route.fetch()
    own.freeze("web")
    route.fulfill(response=answer)


def test_a_bot_that_is_away_the_customer_reads_so_and_gets_the_answer_later(own, customers):
    customer = customers(own.web_url)
    customer.open()
    customer.say("bonjour")
    own.kill("rasa")
    customer.write("où est mon colis ?")
    expect(customer.page.locator(".writing")).to_be_visible()
    expect(customer.log()).to_contain_text("plus de temps que prévu")
    own.start("rasa")
    own.wait_until_healthy()
    expect(customer.log()).to_contain_text("En attente de validation")


def test_an_expired_conversation_begins_anew_with_the_message(customer):
    customer.open()
    customer.say("bonjour")
    customer.page.evaluate(
        "fetch('/chat/v1/conversation', {method: 'DELETE', headers: {Authorization: 'Bearer ' +"
        " JSON.parse(localStorage.getItem('pixmania-chat')).session.token}})"
    )
    customer.say("où est mon colis ?")
    assert customer.said()[0] == ["customer", "où est mon colis ?"]
