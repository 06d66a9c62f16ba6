"""The widget on a shop of another origin, with that shop's settings and strict content security policy."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from harness.processes import wait_for

pytestmark = pytest.mark.processes

SHOP = """<!doctype html><html lang="fr"><link rel="icon" href="data:,"><title>Boutique</title>
    <main><h1>Boutique</h1></main>
    <script src="{chat}/widget.js" data-position="left" data-theme="dark" data-color="#ffd400" data-title="Aide"
    data-launcher="Besoin d’aide&nbsp;?" data-opening="Bienvenue." data-suggestions="Une|Deux"
    data-privacy="javascript:alert(1)"></script></html>"""


class Page(BaseHTTPRequestHandler):
    """The one page of the shop."""

    def do_GET(self):
        chat = self.server.chat
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header(
            "Content-Security-Policy", f"default-src 'none'; script-src {chat}; connect-src {chat}; img-src data:"
        )
        self.end_headers()
        self.wfile.write(SHOP.format(chat=chat).encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def shop(bot, customers):
    """A customer on a shop's page whose origin is not the chat's."""
    server = ThreadingHTTPServer(("127.0.0.1", int(bot.env["SHOP_PORT"])), Page)
    server.chat = bot.web_url
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield customers(f"http://127.0.0.1:{bot.env['SHOP_PORT']}/")
    server.shutdown()
    server.server_close()


def test_the_shops_settings(shop):
    page = shop.page
    page.get_by_role("button", name="Besoin d’aide").click()
    panel = page.get_by_role("dialog", name="Aide")
    expect(panel).to_contain_text("Bienvenue.")
    expect(panel.get_by_role("button", name=re.compile("^(Une|Deux)$"))).to_have_count(2)
    assert panel.bounding_box()["x"] < 100
    assert panel.locator(".head").evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"
    assert panel.locator("a[href^='javascript']").count() == 0
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found] == []


RECORD = """() => {
    window.events = [];
    for (const name of ['open', 'answered', 'handover', 'rated'])
        PixmaniaChat.addEventListener(name, ({ detail }) => window.events.push([name, detail]));
}"""

# Evaluated repeatedly from here, because the page's policy forbids Playwright's own wait function.
ANSWERED = "window.events.some(([name]) => name === 'answered')"
# Delivers the stream's events one by one, as on a slow connection: an answer's bubble before the state « complete ».
EVENT_BY_EVENT = """
    const fetchAtOnce = window.fetch;
    window.fetch = async (url, ...options) => {
        const response = await fetchAtOnce(url, ...options);
        if (!String(url).includes("/stream")) return response;
        let rest = "";
        const split = new TransformStream({
            async transform(text, events) {
                const parts = (rest + text).split("\\n\\n");
                rest = parts.pop();
                for (const part of parts) {
                    await new Promise(requestAnimationFrame);
                    events.enqueue(`${part}\\n\\n`);
                }
            },
        });
        const body = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(split);
        return new Response(body.pipeThrough(new TextEncoderStream()), response);
    };
"""


def test_an_answer_that_is_shown_before_it_is_complete_is_an_event(shop):
    shop.context.add_init_script(EVENT_BY_EVENT)
    page = shop.page
    page.reload()
    page.evaluate(RECORD)
    page.evaluate("PixmaniaChat.ask('bonjour')")
    wait_for(lambda: page.evaluate(ANSWERED))
    page.reload()
    page.evaluate(RECORD)
    expect(page.locator(".said .message")).not_to_have_count(0)
    assert not page.evaluate(ANSWERED), "an earlier page had the event"


def test_the_shops_scripts_open_ask_and_get_events(shop):
    page = shop.page
    page.evaluate(RECORD)
    page.evaluate("PixmaniaChat.ask('ma carte 4111 1111 1111 1111')")
    expect(page.get_by_role("dialog", name="Aide")).to_be_visible()
    shop.wait_for_answer_to("ma carte [numéro de carte masqué]")
    # The bubble may be shown shortly before the server sends the state « complete ».
    wait_for(lambda: page.evaluate(ANSWERED))
    page.evaluate("PixmaniaChat.close()")
    expect(page.get_by_role("dialog", name="Aide")).to_be_hidden()
    page.evaluate("PixmaniaChat.open()")
    page.get_by_role("button", name="Options de la conversation").click()
    page.get_by_role("button", name="Donner mon avis").click()
    page.get_by_role("button", name="Oui, utile").click()
    expect(shop.log()).to_contain_text("votre avis est enregistré")
    events = [["open", None], ["answered", None], ["open", None], ["rated", {"helpful": True}]]
    assert page.evaluate("window.events") == events
    page.reload()
    page.evaluate(RECORD)
    expect(page.locator(".said .message")).not_to_have_count(0)
    assert page.evaluate("window.events.filter(([name]) => name !== 'open')") == []


# Styles that shops apply to all elements, to empty ones (Shopify's Dawn), to <body>'s children, and to `rem`'s size.
HOSTILE_CSS = """
    html { font-size: 62.5%; }
    body { font: 10px monospace; }
    * { color: #333 !important; line-height: 3; text-transform: uppercase; letter-spacing: 3px; }
    div:empty { display: none; }
    body > div { position: relative; transform: scale(.5); opacity: .5; z-index: 1; font-size: 30px !important; }
"""
LOOKS = """one => {
    const looks = element => {
        const all = getComputedStyle(element);
        return ['display', 'position', 'transform', 'opacity', 'zIndex', 'color', 'font', 'lineHeight', 'textTransform',
            'letterSpacing', 'padding'].map(name => `${name}: ${all[name]}`);
    };
    const { x, y, width, height } = one.getBoundingClientRect();
    return [x, y, width, height, ...looks(one), ...looks(one.getRootNode().host)];
}"""


def test_the_shops_css_does_not_change_the_chat(shop):
    def launcher_and_panel():
        launcher = shop.page.get_by_role("button", name="Besoin d’aide")
        closed = launcher.evaluate(LOOKS)
        launcher.click()
        panel = shop.page.get_by_role("dialog", name="Aide")
        return [closed, panel.evaluate(LOOKS), panel.get_by_label("Votre message").evaluate(LOOKS)]

    alone = launcher_and_panel()
    shop.context.add_init_script(
        f"const css = new CSSStyleSheet(); css.replaceSync(`{HOSTILE_CSS}`); document.adoptedStyleSheets = [css]"
    )
    shop.page.reload()
    assert shop.page.locator("h1").evaluate("one => getComputedStyle(one).textTransform") == "uppercase"
    assert launcher_and_panel() == alone


def test_loading_the_panel_is_retried_after_a_failure(shop):
    """The retry uses another URL, because older browsers cache the failed import."""
    shop.page.route("**/panel.js*", lambda route: route.abort())
    launcher = shop.page.get_by_role("button", name="Besoin d’aide")
    with shop.page.expect_event("requestfailed"):
        launcher.click()
    expect(launcher).not_to_have_attribute("aria-busy", "true")
    shop.page.unroute("**/panel.js*")
    with shop.page.expect_request("**/panel.js*again"):
        launcher.click()
    expect(shop.page.get_by_role("dialog", name="Aide")).to_be_visible()


def test_an_old_browser_has_a_link_to_the_contacts(bot, customers):
    customer = customers(bot.web_url)
    customer.context.add_init_script("delete CSSStyleSheet.prototype.replaceSync")
    customer.page.reload()
    customer.page.get_by_role("link", name="Une question").click()
    expect(customer.page.get_by_role("heading", name="Nous contacter")).to_be_visible()


def test_a_conversation_across_origins_under_a_strict_policy(shop):
    shop.page.get_by_role("button", name="Besoin d’aide").click()
    shop.say("bonjour")
    shop.say("où est mon colis ?")
    expect(shop.log()).to_contain_text("Mon compte")
