"""Erased data stays erased, even if a message was being sent at the same time."""

import pytest
from playwright.sync_api import expect

from harness.console_client import ConsoleClient, new_word, threads_in
from harness.processes import wait_for

pytestmark = pytest.mark.processes


def test_a_late_message_of_an_erased_conversation_does_not_end_the_new_one_of_another_tab(bot, customers):
    """Without TLS, there are no locks between tabs: one tab may send to a conversation that another tab erased."""
    customer = customers(bot.web_url)
    customer.context.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})")
    customer.page.reload()
    customer.open()
    customer.say("bonjour")
    other, held = customer.new_tab(), []
    customer.page.route("**/chat/v1/messages", lambda route: held.append(route))
    with customer.page.expect_request("**/chat/v1/messages"):
        customer.write("où est mon colis ?")
    if other.get_by_role("dialog").is_hidden():
        customer.open(other)
    customer.erase(other)
    expect(other.locator(".said .message")).to_have_count(0)
    customer.say("et ma facture ?", other)
    begun = customer.token()
    with customer.page.expect_response("**/chat/v1/messages") as refused:
        held[0].continue_()
    assert refused.value.status == 401
    customer.page.unroute("**/chat/v1/messages")
    customer.say("et mon remboursement ?")
    assert customer.token() == begun
    assert bot.rasa_messages(begun.split(":")[0]) == ["et ma facture ?", "et mon remboursement ?"]


def test_a_message_being_sent_when_the_conversation_is_erased_opens_no_new_one(bot, customer):
    """Otherwise it would start a new conversation that is not shown, and that nobody could erase."""
    customer.open()
    customer.say("bonjour")
    held, erased = [], []
    customer.page.route("**/chat/v1/messages", lambda route: held.append(route))
    with customer.page.expect_request("**/chat/v1/messages"):
        customer.write("où est mon colis ?")
    customer.page.route("**/chat/v1/conversation", lambda route: erased.append((route, route.fetch())))
    customer.erase()
    expect(customer.page.locator(".said .message")).to_have_count(0)
    with customer.page.expect_response("**/chat/v1/messages") as refused:
        held[0].continue_()
    assert refused.value.status == 401
    customer.page.unroute("**/chat/v1/messages")
    route, answer = erased[0]
    route.fulfill(response=answer)
    expect(customer.status()).to_have_text("La conversation est effacée.")
    assert customer.said() == []
    customer.say("et ma facture ?")
    assert bot.rasa_messages(customer.token().split(":")[0]) == ["et ma facture ?"]
    assert len([url for url in customer.requests if url.endswith("/conversations")]) == 2


def test_a_first_message_that_is_erased_while_its_conversation_is_opened_is_not_sent(bot, customer):
    held = []
    customer.page.route("**/chat/v1/conversations", lambda route: held.append(route))
    customer.open()
    with customer.page.expect_request("**/chat/v1/conversations"):
        customer.write("où est mon colis ?")
    customer.erase()
    expect(customer.status()).to_have_text("La conversation est effacée.")
    held[0].continue_()
    customer.say("et ma facture ?")
    assert bot.rasa_messages(customer.token().split(":")[0]) == ["et ma facture ?"]


def test_after_a_failed_erasure_the_focus_is_on_the_menu_to_retry(customer):
    customer.open()
    customer.say("bonjour")
    customer.page.route("**/chat/v1/conversation", lambda route: route.abort())
    customer.erase()
    expect(customer.status()).to_contain_text("Cela n’a pas fonctionné.")
    expect(customer.page.get_by_role("button", name="Options de la conversation")).to_be_focused()


def test_erasing_an_erased_conversation_succeeds(customer):
    """If the first process is slow, a proxy repeats the request to a second one."""
    statuses = []

    def twice(route):
        answers = [route.fetch(), route.fetch()]
        statuses.extend(answer.status for answer in answers)
        route.fulfill(response=answers[1])

    customer.open()
    customer.say("bonjour")
    customer.page.route("**/chat/v1/conversation", twice)
    customer.erase()
    expect(customer.status()).to_have_text("La conversation est effacée.")
    assert statuses == [204, 401]


def test_a_message_that_the_team_erases_disappears_from_the_open_window(bot, customer):
    word = new_word()
    customer.open()
    customer.say(f"mon perroquet {word}")
    agent = ConsoleClient.signed_in(bot, "manage")
    wait_for(lambda: threads_in(agent.get(f"?q={word}").raw))
    (thread,) = threads_in(agent.get(f"?q={word}").raw)
    assert agent.post(f"conversations/{thread}/messages/1/effacer", to=f"conversations/{thread}/").status == 200
    said = customer.page.locator(".said .message").first
    expect(said).to_contain_text("[message effacé]")
    expect(customer.log()).not_to_contain_text(word)
    customer.page.reload()
    expect(said).to_contain_text("[message effacé]")
    expect(customer.log()).not_to_contain_text(word)
