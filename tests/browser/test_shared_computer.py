"""The next person at a shared computer sees no order; the customer's own tabs continue to show the conversation."""

import pytest
from playwright.sync_api import expect

from harness.processes import wait_for
from harness.quiet import make_quiet
from tests.browser.conftest import CHROMIUM, LAUNCH

pytestmark = pytest.mark.processes
ORDER = "où est mon colis PX48207264 camille.durand@example.com"


@pytest.fixture
def customer(customer):
    customer.open()
    customer.say(ORDER)
    expect(customer.log()).to_contain_text("Roborock")
    return customer


def conversation_of(customer):
    return customer.token().split(":")[0]


def test_a_reload_and_another_tab_show_the_conversation(customer):
    customer.page.reload()
    expect(customer.log()).to_contain_text("Roborock")
    other = customer.new_tab()
    customer.open(other)
    expect(customer.log(other)).to_contain_text("Roborock")


def test_a_tab_that_the_phone_closed_and_restored_shows_it(customer):
    """iOS keeps the tab's session storage, but not always the cookies."""
    customer.context.clear_cookies()
    customer.page.reload()
    expect(customer.log()).to_contain_text("Roborock")


def test_an_open_tab_stops_showing_a_quiet_conversation(bot, customer):
    make_quiet(bot, conversation_of(customer))
    expect(customer.log()).to_contain_text("ne sont plus affichés")
    expect(customer.page.locator(".said .message")).to_have_count(0)
    assert "Roborock" not in customer.log().inner_text()


def test_a_new_tab_shows_nothing_of_a_quiet_conversation_and_goes_on_without_the_order(bot, customer):
    token = customer.token()
    make_quiet(bot, conversation_of(customer))
    customer.page.close()
    customer.page = page = customer.new_tab()
    if page.get_by_role("dialog").is_hidden():
        customer.open()
    expect(customer.log()).to_contain_text("ne sont plus affichés")
    customer.say("et ma facture ?")
    assert "PX48207264" not in customer.log().inner_text()
    assert customer.token() == token  # so that « Effacer » erases all of it
    customer.erase()
    expect(customer.status()).to_have_text("La conversation est effacée.")


def test_a_browser_that_was_closed_has_forgotten_it(bot, browser, tmp_path):
    first = profile(browser, tmp_path)
    page = first.new_page()
    page.goto(bot.web_url)
    page.get_by_role("button", name="Une question").click()
    page.get_by_label("Votre message").fill(ORDER)
    page.get_by_label("Votre message").press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Roborock")
    page.get_by_label("Votre message").fill("mon mail est camille.durand@example.com")
    first.close()
    second = profile(browser, tmp_path)
    page = second.new_page()
    page.goto(bot.web_url)
    expect(page.get_by_role("button", name="Une question")).to_be_visible()
    wait_for(lambda: page.evaluate("localStorage.getItem('pixmania-chat') === null"))
    page.get_by_role("button", name="Une question").click()
    expect(page.get_by_label("Votre message")).to_have_value("")
    assert "Roborock" not in page.get_by_role("log").inner_text()
    second.close()


def profile(browser, folder):
    """A browser with its own profile on disk, which outlives the process."""
    return browser.browser_type.launch_persistent_context(str(folder), executable_path=str(CHROMIUM), args=LAUNCH)


@pytest.mark.parametrize("hours", [23, 25])
def test_a_draft_is_deleted_after_a_day(bot, customers, hours):
    customer = customers(bot.web_url)
    customer.open()
    customer.page.get_by_label("Votre message").fill("écrivez à camille.durand@example.com")
    assert "camille" in customer.kept()
    customer.page.evaluate(
        "hours => { const state = JSON.parse(localStorage['pixmania-chat']); state.draftAt -= hours * 3600e3;"
        " localStorage['pixmania-chat'] = JSON.stringify(state) }",
        hours,
    )
    customer.page.reload()
    if hours > 24:
        wait_for(lambda: "camille" not in customer.kept())
    customer.open()
    draft = "écrivez à camille.durand@example.com" if hours < 24 else ""
    expect(customer.page.get_by_label("Votre message")).to_have_value(draft)
