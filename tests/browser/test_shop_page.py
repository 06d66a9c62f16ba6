"""The demo shop in a real browser: readable at every width, light and dark, without third-party requests."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CHROMIUM, LAUNCH, Customer
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.processes


ADDRESSES = [
    "/", "/produits?q=console", "/produits/enceinte-jbl-charge-5", "/compte", "/compte/PX48207264", "/contact",
    "/mentions-legales", "/vie-privee",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_fits_and_is_accessible(bot, customers, width, address):
    page = customers(bot.web_url + address, width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("html").get_attribute("lang") == "fr"
    assert violations(page) == []


def test_with_double_text_no_page_is_wider_than_a_phone(bot, browser):
    """A phone shrinks a wider page, or scrolls it sideways; then the chat's button is too small, or not visible."""
    large = browser.browser_type.launch(
        executable_path=str(CHROMIUM), args=[*LAUNCH, "--blink-settings=defaultFontSize=32"]
    )
    viewport = {"width": 360, "height": 740}
    customer = Customer(large, bot.web_url, viewport=viewport, has_touch=True, is_mobile=True)
    widths = {}
    for address in ADDRESSES:
        customer.page.goto(bot.web_url + address)
        widths[address] = customer.page.evaluate("Math.max(innerWidth, document.documentElement.scrollWidth)")
    large.close()
    assert not customer.faults, customer.faults
    assert widths == dict.fromkeys(ADDRESSES, 360)


@pytest.mark.parametrize("address", ["/", "/compte"])
def test_the_chats_button_never_covers_those_that_try_an_order(bot, customers, address):
    page = customers(bot.web_url + address).page
    chat = page.get_by_role("button", name="Une question").bounding_box()
    for button in page.locator("[data-ask]").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= chat["x"]


def test_links_and_footer_are_aligned_with_the_page(customer):
    right = "one => Math.round(one.getBoundingClientRect().right)"
    edges = [customer.page.locator(name).evaluate(right) for name in (".hero", "nav", "footer")]
    assert len(set(edges)) == 1, edges


def test_the_shops_mark_is_beside_the_chats_heading(customer):
    customer.open()
    customer.page.locator(".logo").evaluate("one => one.decode()")


def test_the_demo_orders_are_listed(customer):
    assert customer.page.get_by_text("PX48207264").first.is_visible()
    assert customer.page.get_by_text("camille.durand@example.com").first.is_visible()


def test_an_order_is_tried_with_one_press(customer):
    customer.page.get_by_role("button", name="Essayer PX48207264").click()
    expect(customer.page.get_by_role("group", name="Commande PX48207264")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_product_is_found_and_an_order_tried_from_the_account(bot, customers, width):
    page = customers(bot.web_url + "/produits", width).page
    page.get_by_role("searchbox", name="Chercher un produit").fill("TELEVISEUR samsung")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("main h3")).to_have_text(["Téléviseur Samsung 50 pouces"])
    page.get_by_role("link", name="Téléviseur Samsung").click()
    expect(page.get_by_text("Vendu par ImageMarket")).to_be_visible()
    page.goto(bot.web_url + "/produits?q=<b>rien</b>")
    expect(page.get_by_text("Aucun produit ne correspond")).to_be_visible()
    page.get_by_role("link", name="Mon compte").first.click()
    page.get_by_role("button", name="Essayer PX48207264").click()
    expect(page.get_by_role("group", name="Commande PX48207264")).to_be_visible()


def test_on_a_phone_the_demo_orders_are_within_two_screens(bot, customers):
    page = customers(bot.web_url, 360, 740).page
    assert page.locator("#orders button").first.bounding_box()["y"] < 2 * 740
    assert page.locator("header").bounding_box()["height"] < 70


def test_without_javascript_the_contacts_are_one_click_away(bot, customers):
    page = customers(bot.web_url, java_script_enabled=False).page
    page.locator(".no-script").click()
    expect(page.get_by_role("heading", name="Nous contacter")).to_be_visible()


def test_nothing_is_stored_and_the_chat_is_not_asked_before_it_is_opened(customer):
    page = customer.page
    page.get_by_role("button", name="Une question").wait_for()
    assert customer.kept() == "{}"
    assert page.evaluate("document.cookie") == ""
    assert not [url for url in customer.requests if "/chat/" in url or "panel" in url]
