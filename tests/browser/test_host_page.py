"""The chat together with a page's own scripts: shortcuts, dialogs, a replaced <body>, and a phone's Back button."""

import re

import pytest
from playwright.sync_api import expect

from harness.processes import wait_for

pytestmark = pytest.mark.processes

# The page's one-key shortcuts: they consume the key unless it was pressed in a text field, as libraries do.
SHORTCUTS = """phase => {
    window.events = [];
    const of = phase.endsWith('window') ? window : document;
    for (const type of ['keydown', 'keypress', 'keyup', 'input', 'beforeinput', 'paste'])
        of.addEventListener(type, event => {
            window.events.push(event.type);
            if (/INPUT|TEXTAREA/.test(event.target.tagName)) return;
            event.preventDefault();
        }, phase.startsWith('capture'));
}"""


@pytest.mark.parametrize("phase", ["bubble to the document", "capture at the document", "bubble to the window"])
def test_keys_typed_in_the_chat_do_not_reach_the_page(customer, phase):
    customer.open()
    customer.page.evaluate(SHORTCUTS, phase)
    field = customer.page.get_by_label("Votre message")
    field.press_sequentially("suivi / frais ?", delay=5)
    expect(field).to_have_value("suivi / frais ?")
    field.press("Shift+Enter")
    field.press("ArrowLeft")
    field.press("Backspace")
    field.press("Enter")
    expect(customer.page.locator(".customer .bubble").first).to_contain_text("suivi / frais")
    assert customer.page.evaluate("window.events") == []


def test_the_keyboard_reaches_buttons_and_the_menu(customer):
    customer.open()
    customer.say("bonjour")
    menu = customer.page.get_by_role("button", name="Options de la conversation")
    menu.focus()
    customer.page.keyboard.press("Enter")
    expect(customer.page.get_by_role("button", name="Télécharger")).to_be_focused()
    customer.page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    customer.page.keyboard.press("Tab")
    expect(customer.page.get_by_role("button", name="Fermer la conversation")).to_be_focused()
    customer.page.keyboard.press("Space")
    expect(customer.page.get_by_role("dialog")).to_be_hidden()


def test_arrows_move_in_the_menu_and_a_click_beside_it_closes_it(customer):
    customer.open()
    customer.say("bonjour")
    page = customer.page
    page.get_by_role("button", name="Options de la conversation").click()
    expect(page.get_by_role("button", name="Télécharger la conversation")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Donner mon avis")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="Effacer la conversation")).to_be_focused()
    customer.log().click(position={"x": 5, "y": 300})
    expect(page.locator(".menu")).to_be_hidden()
    page.get_by_role("button", name="Options de la conversation").click()
    page.locator("h1").first.click()
    expect(page.locator(".menu")).to_be_hidden()


OPEN_DIALOG = """() => {
    const dialog = document.createElement('dialog');
    dialog.id = 'of-the-page';
    dialog.textContent = 'Votre panier';
    dialog.tabIndex = 0;
    document.body.append(dialog);
    dialog.show();
    document.addEventListener('keydown', event => event.key === 'Escape' && dialog.close());
}"""


def test_escape_closes_what_has_the_focus_and_nothing_else(customer):
    page = customer.page
    customer.open()
    page.evaluate(OPEN_DIALOG)
    of_the_page = page.locator("#of-the-page")
    page.get_by_label("Votre message").press("Escape")
    expect(page.get_by_label("Votre message")).to_be_hidden()
    expect(of_the_page).to_be_visible()
    customer.page.get_by_role("button", name="Une question").click()
    of_the_page.focus()
    page.keyboard.press("Escape")
    expect(of_the_page).to_be_hidden()
    expect(page.get_by_label("Votre message")).to_be_visible()


REPLACED = {
    "the element": "document.body.replaceWith(document.createElement('body'))",
    "its content": "document.body.innerHTML = '<main>Autre</main>'",
    "its nodes": "document.body.replaceChildren()",
}  # fmt: skip
RUN_AGAIN = """() => new Promise(loaded => {
    const script = document.createElement('script');
    script.onload = loaded;
    script.src = '/widget.js';
    document.body.append(script);
})"""


@pytest.mark.parametrize("replace", REPLACED.values(), ids=REPLACED.keys())
def test_the_chat_survives_a_replaced_body(customer, replace):
    page = customer.page
    customer.open()
    customer.say("bonjour")
    page.get_by_label("Votre message").fill("mon brouillon")
    streams = len([one for one in customer.requests if "/stream" in one])
    page.evaluate(replace)
    page.evaluate(RUN_AGAIN)
    expect(page.locator("#pixmania-chat")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_label("Votre message")).to_have_value("mon brouillon")
    customer.say("merci")
    assert len([one for one in customer.requests if "/stream" in one]) == streams


NO_INLINE_STYLE = """() => {
    const meta = document.createElement('meta');
    meta.name = 'htmx-config';
    meta.content = '{"includeIndicatorStyles": false}';
    document.head.append(meta);
}"""


def test_htmx_boost_and_back(customer):
    page = customer.page
    customer.open()
    customer.say("bonjour")
    page.get_by_label("Votre message").fill("mon brouillon")
    page.evaluate("document.body.setAttribute('hx-boost', 'true')")
    page.evaluate(NO_INLINE_STYLE)  # the page's policy forbids it
    page.add_script_tag(url="/static/django_htmx/htmx-2.min.js")
    streams = len([one for one in customer.requests if "/stream" in one])
    page.evaluate("htmx.process(document.body)")
    page.evaluate("window.settled = 0; document.addEventListener('htmx:afterSettle', () => settled++)")
    for visits, path in enumerate(("/contact", "/vie-privee", "/contact"), 1):
        # A boosted link replaces the body's content. Before it settles, its links are not boosted yet.
        page.locator(f"body a[href='{path}']").first.evaluate("link => link.click()")
        expect(page).to_have_url(re.compile(f"{path}$"))
        page.wait_for_function("visits => settled >= visits", arg=visits)
    page.go_back()
    expect(page).to_have_url(re.compile("/vie-privee$"))
    expect(page.locator("#pixmania-chat")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_label("Votre message")).to_have_value("mon brouillon")
    assert len([one for one in customer.requests if "/stream" in one]) == streams


@pytest.fixture
def phone(bot, customers):
    customer = customers(bot.web_url, 360, 740, has_touch=True)
    customer.page.goto(f"{bot.web_url}/contact")
    customer.open()
    return customer


def test_a_phones_back_button_closes_the_panel_and_then_leaves_the_page(bot, phone):
    page = phone.page
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page).to_have_url(f"{bot.web_url}/contact")
    page.go_back()
    expect(page).to_have_url(f"{bot.web_url}/")


def test_closing_the_panel_leaves_no_entry_behind(bot, phone):
    page = phone.page
    page.get_by_role("button", name="Fermer la conversation").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    wait_for(lambda: page.evaluate("!history.state?.['pixmania-chat']"))
    page.go_back()
    expect(page).to_have_url(f"{bot.web_url}/")


def test_on_a_wide_screen_back_leaves_the_page(bot, customer):
    customer.page.goto(f"{bot.web_url}/contact")
    customer.open()
    customer.page.go_back()
    expect(customer.page).to_have_url(f"{bot.web_url}/")


PASTED = "Bonjour, " + "voici toute mon histoire. " * 132 + "PX48207264"


def test_a_long_paste_gets_a_notice_and_is_not_cut(customer):
    customer.open()
    page, field = customer.page, customer.page.get_by_label("Votre message")
    assert len(PASTED) == 3451
    field.focus()
    page.keyboard.insert_text(PASTED)
    expect(field).to_have_value(PASTED)
    over = page.get_by_role("status").filter(has_text="trop long")
    expect(over).to_contain_text(re.compile(r"1.451.caractères"))
    field.press("Enter")
    expect(field).to_have_value(PASTED)
    expect(page.locator(".customer")).to_have_count(0)
    field.fill("PX48207264")
    expect(over).to_have_count(0)
    field.press("Enter")
    customer.wait_for_answer_to("PX48207264")


def test_a_long_comment_gets_a_notice_and_is_not_cut(customer):
    customer.open()
    customer.say("bonjour")
    customer.page.get_by_role("button", name="Options de la conversation").click()
    customer.page.get_by_role("button", name="Donner mon avis").click()
    customer.page.get_by_role("button", name="Non, pas utile").click()
    comment = customer.page.get_by_label("Un mot de plus")
    comment.fill("x" * 1001)
    customer.page.get_by_role("button", name="Envoyer mon avis").click()
    expect(customer.page.locator(".rating .left")).to_contain_text("trop long de 1\u00a0caractère")
    expect(comment).to_have_value("x" * 1001)


def test_a_new_conversation_asks_before_it_discards_unsent_messages(bot, customer):
    page = customer.page
    customer.open()
    customer.say("bonjour")
    refuse = "**/chat/v1/messages"
    page.route(refuse, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    customer.write("où est mon colis ?")
    expect(page.locator(".failed")).to_have_count(1)
    page.get_by_label("Votre message").fill("mon brouillon")
    menu = page.get_by_role("button", name="Options de la conversation")
    menu.click()
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page.locator(".menu")).to_contain_text("n’est pas encore parti")
    page.get_by_role("button", name="Garder").click()
    expect(page.locator(".failed")).to_have_count(1)
    menu.click()
    page.get_by_role("button", name="Nouvelle conversation").click()
    page.get_by_role("button", name="Commencer").click()
    expect(page.locator(".message.customer")).to_have_count(0)
    expect(page.get_by_label("Votre message")).to_have_value("mon brouillon")
