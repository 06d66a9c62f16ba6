"""Accessibility: keyboard, screen reader, small screens, large text, dark mode, forced colours, reduced motion."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.processes

TOO_SMALL = """all => all.filter(one => one.checkVisibility())
    .map(one => [one.textContent || one.ariaLabel, one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 44)
    .map(([name, box]) => `${name}: ${box.width} × ${box.height}`)"""


# axe's rules about colours. The other rules have the same result in both colour schemes.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
RUN = """options => axe.run({...options, resultTypes: ["violations"]}).then(found =>
    found.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 120))]))"""


def violations(page, colours=True):
    """Violations of all axe rules in the light scheme, and of the colour rules in the dark one, which stays selected.

    Without `colours`, only violations of the other rules: for a page whose colours are checked at another width.
    """
    page.evaluate(Axe().axe_script)
    page.emulate_media(color_scheme="light")
    found = page.evaluate(RUN, {"rules": {name: {"enabled": colours} for name in COLOUR_RULES}})
    page.emulate_media(color_scheme="dark")
    return found + (page.evaluate(RUN, {"runOnly": COLOUR_RULES}) if colours else [])


@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation_in_any_state(bot, customers, width):
    customer = customers(bot.web_url, width, has_touch=width < 500)
    page = customer.page
    states = {}
    colours = width == 1280
    customer.open()
    states["open"] = violations(page, colours)
    customer.say("bonjour")
    customer.say("où est mon colis PX48207264")
    states["asked for the e-mail"] = violations(page, colours)
    customer.say("camille.durand@example.com")
    states["order card"] = violations(page, colours)
    customer.say("je veux parler à un conseiller")
    states["contacts"] = violations(page, colours)
    page.get_by_role("button", name="Laisser une demande").click()
    customer.wait_for_answer_to("Laisser une demande")
    states["a request's form"] = violations(page, colours)
    customer.say("il manque la télécommande")
    page.get_by_role("group", name="Demande D-").wait_for()
    states["a request that was left"] = violations(page, colours)
    page.get_by_role("button", name="Options de la conversation").click()
    states["menu"] = violations(page, colours)
    page.get_by_role("button", name="Effacer la conversation").click()
    states["erase?"] = violations(page, colours)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Options de la conversation").click()
    page.get_by_role("button", name="Donner mon avis").click()
    states["rating"] = violations(page, colours)
    customer.context.set_offline(True)
    customer.write("hors connexion")
    expect(page.locator(".failed")).to_have_count(1)
    states["failed"] = violations(page, colours)
    assert states == {state: [] for state in states}
    controls = "dialog button, .panel button, .panel textarea, .panel input, .panel .notice a, .panel .card a"
    small = page.locator(controls).evaluate_all(TOO_SMALL)
    assert small == []
    customer.context.set_offline(False)


def test_the_whole_chat_works_by_keyboard(customer):
    page = customer.page
    launcher = page.get_by_role("button", name="Une question")
    for _ in range(40):
        page.keyboard.press("Tab")
        if launcher.evaluate("one => one.matches(':focus')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("Votre message")).to_be_focused()
    page.keyboard.type("bonjour")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("à vous")
    page.keyboard.press("Enter")
    customer.wait_for_answer_to("bonjour\nà vous")
    choice = page.get_by_role("group", name="Réponses proposées").get_by_role("button").first
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if choice.evaluate("one => one.matches(':focus')"):
            break
    page.keyboard.press("Enter")
    expect(customer.log()).to_contain_text("Mon compte")
    expect(page.get_by_role("group", name="Réponses proposées").get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(launcher).to_be_focused()


def test_a_screen_reader_announces_each_reply_once_and_not_the_history(customer):
    page = customer.page
    customer.open()
    live = page.locator("[aria-live=polite]")
    assert live.text_content() == ""
    customer.say("bonjour")
    expect(live).to_contain_text("Assistant\u00a0: Bonjour")
    expect(live).to_contain_text("Réponses proposées")
    customer.say("où est mon colis ?")
    expect(live).not_to_contain_text("Bonjour")
    page.reload()
    expect(page.locator(".said .message")).not_to_have_count(0)
    assert live.text_content() == ""


def test_each_message_is_exactly_one_item_of_the_list(customer):
    """The announcement is removed after it was read, so that the newest answer exists only once."""
    page = customer.page
    page.clock.install()
    page.reload()
    customer.open()
    customer.say("bonjour")
    expect(page.locator("[aria-live=polite]")).to_contain_text("Bonjour")
    page.clock.fast_forward(11_000)
    expect(page.locator("[aria-live=polite]")).to_have_text("")
    items = customer.log().get_by_role("list").first.locator("> [role=listitem]")
    expect(items).to_have_count(len(customer.said()))
    expect(items.first).to_contain_text("Vous")


def test_the_focus_ring_of_the_field_is_shown_only_for_the_keyboard(customer):
    customer.open()
    field = customer.page.get_by_label("Votre message")
    shadow = "one => getComputedStyle(one).boxShadow"
    field.click()
    assert field.evaluate(shadow) == "none"
    customer.page.keyboard.press("Shift+Tab")
    customer.page.keyboard.press("Tab")
    expect(field).to_be_focused()
    assert field.evaluate(shadow) != "none"


def test_on_a_phone_the_panel_is_the_page_and_nothing_else_is_reached(bot, customers):
    customer = customers(bot.web_url, 360, 640, has_touch=True, is_mobile=True)
    customer.open()
    page = customer.page
    box = page.get_by_role("dialog").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 640)
    expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    expect(page.get_by_role("heading", name="Assistant Pixmania")).to_be_focused()
    assert page.evaluate("[...document.querySelectorAll('main, .top')].every(one => one.inert)")
    customer.say("je veux parler à quelqu’un")
    # The phone's keyboard covers the lower half; the field and the answer stay above it.
    page.set_viewport_size({"width": 360, "height": 330})
    expect(page.get_by_label("Votre message")).to_be_in_viewport()
    page.get_by_role("button", name="Fermer la conversation").click()
    assert not page.evaluate("document.querySelector('main').inert")


# JavaScript: the distances in px of the element from the left, right and bottom edge of the visible part of the page.
PLACE = """one => {
    const { offsetLeft, offsetTop, width, height } = visualViewport;
    const { left, right, bottom } = one.getBoundingClientRect();
    return [left - offsetLeft, offsetLeft + width - right, offsetTop + height - bottom].map(Math.round);
}"""


@pytest.mark.parametrize("position", ["left", "right"])
def test_on_a_page_that_is_wider_than_the_phone_the_chat_is_within_reach(bot, customers, position):
    customer = customers(bot.web_url, 360, 740, has_touch=True, is_mobile=True)
    page = customer.page
    page.evaluate("document.body.style.minWidth = '589px'")
    page.evaluate("position => (PixmaniaChat.dataset.position = position)", position)
    launcher = page.get_by_role("button", name="Une question")
    left, right, bottom = launcher.evaluate(PLACE)
    assert (left if position == "left" else right, bottom) == (16, 16)
    launcher.click()
    assert page.get_by_role("dialog").evaluate(PLACE) == [0, 0, 0]


def test_a_panel_that_a_script_opens_has_no_ring_around_its_title(bot, customers):
    customer = customers(bot.web_url, 360, 740, has_touch=True, is_mobile=True)
    customer.page.evaluate("PixmaniaChat.open()")
    title = customer.page.get_by_role("heading", name="Assistant Pixmania")
    expect(title).to_be_focused()
    expect(title).to_have_css("outline-style", "none")


def test_the_keyboard_of_a_phone_does_not_cover_the_last_answer(bot, customers):
    customer = customers(bot.web_url, 360, 640, has_touch=True, is_mobile=True)
    customer.open()
    customer.say("bonjour")
    customer.say("merci")
    answer = customer.page.locator(".said .bot .bubble").last
    expect(answer).to_be_in_viewport()
    customer.page.set_viewport_size({"width": 360, "height": 330})
    expect(answer).to_be_in_viewport()


def test_pinching_zooms_the_panel_and_does_not_resize_it(bot, customers):
    customer = customers(bot.web_url, 360, 640, has_touch=True, is_mobile=True)
    customer.open()
    devtools = customer.context.new_cdp_session(customer.page)
    devtools.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2})
    customer.page.wait_for_function("visualViewport.scale > 1.5")
    expect(customer.page.get_by_role("dialog")).to_have_css("height", "640px")


def test_large_text_small_width_and_long_words_fit(bot, customers):
    # 320 CSS pixels equal a 1280-pixel screen at 400 % zoom, or 640 pixels at 200 %.
    customer = customers(bot.web_url, 320, 400)
    customer.open()
    customer.say("où est mon colis PX48207264 camille.durand@example.com")
    customer.say("x" * 300)
    page = customer.page
    log = customer.log()
    assert log.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.get_by_label("Votre message")).to_be_in_viewport()


def test_reduced_motion_and_forced_colours(bot, customers):
    customer = customers(bot.web_url, reduced_motion="reduce", forced_colors="active")
    customer.open()
    dots = customer.page.locator(".dots")
    assert dots.evaluate("one => getComputedStyle(one).animationName") == "none"
    send = customer.page.get_by_role("button", name="Envoyer")
    assert send.evaluate("one => getComputedStyle(one).borderTopWidth") == "1px"
    customer.say("bonjour")
