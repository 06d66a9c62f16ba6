"""Nothing is lost or sent twice: offline, reload, other tabs, other pages, a restarting server."""

import json
import sqlite3
from contextlib import ExitStack, closing, contextmanager

import pytest
from playwright.sync_api import expect

from harness.contacts import NATIONAL_PHONE
from harness.faults import locked_file
from harness.processes import wait_for
from shop.contacts import PHONE_URI, SUPPORT_EMAIL

pytestmark = pytest.mark.processes
# The objective is five seconds; a loaded machine may need longer.
HANG_MS = 9_000
# The colour of a fault (launcher.css).
DANGER = "rgb(179, 38, 30)"


def test_a_message_written_offline_is_sent_when_the_connection_is_back(bot, customer):
    customer.open()
    customer.say("bonjour")
    customer.context.set_offline(True)
    customer.write("où est mon colis ?")
    customer.write("et ma facture ?")
    state = customer.page.locator(".failed .state").first
    expect(state).to_contain_text("En attente d’envoi")
    expect(state).not_to_have_css("color", DANGER)  # it waits; nothing went wrong
    offline = customer.page.get_by_role("status").filter(has_text="hors connexion")
    expect(offline).to_contain_text("partiront dès le retour de la connexion")
    customer.context.set_offline(False)
    customer.wait_for_answer_to("et ma facture ?")
    expect(customer.page.locator(".failed, .sending")).to_have_count(0)
    assert bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour", "où est mon colis ?", "et ma facture ?"]


def test_an_unsent_message_can_be_retried_or_discarded(bot, customer):
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
    assert bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_a_message_is_stored_once_if_its_acknowledgement_is_lost(bot, customer):
    """The server stored the message but its response is lost: the widget sends the same message again."""
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
    assert bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour", "où est mon colis ?"]


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
    assert bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour", "où est mon colis ?"]


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
    assert bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour", "où est mon colis ?", "et ma facture ?"]


def test_two_tabs_share_the_read_mark_and_then_send_no_more_updates(customer):
    """Regression: two tabs kept updating each other in an endless loop."""
    customer.open()
    customer.say("bonjour")
    customer.page.evaluate("window.writes = 0; addEventListener('storage', () => window.writes++)")
    other = customer.new_tab()
    if other.get_by_role("dialog").is_hidden():
        customer.open(other)
    customer.say("où est mon colis ?", other)
    customer.page.bring_to_front()
    customer.wait_for_answer_to("où est mon colis ?")
    assert customer.page.evaluate("window.writes") < 30


def test_without_browser_storage_the_conversation_still_works(bot, customers):
    customer = customers(bot.web_url)
    customer.context.add_init_script(
        "const denied = () => new DOMException('no', 'SecurityError');"
        "for (const name of ['getItem', 'setItem', 'removeItem']) Storage.prototype[name] = () => { throw denied() };"
        "LockManager.prototype.request = () => Promise.reject(denied())"
    )
    customer.page.reload()
    customer.open()
    customer.say("bonjour")
    customer.say("où est mon colis ?")


def test_two_tabs_that_begin_at_once_have_one_conversation(bot, customer):
    """The second tab waits only five seconds for the first one, whose slow request is still pending."""
    other = customer.new_tab()
    for page in (customer.page, other):
        customer.open(page)
    held = []
    customer.context.route("**/chat/v1/conversations", lambda route: held.append(route))
    customer.write("bonjour")
    # Calling the page makes Playwright deliver the browser's events.
    wait_for(lambda: customer.page.title() and len(held) == 2)
    held[0].continue_()
    customer.wait_for_answer_to("bonjour")
    with held[1].request.frame.page.expect_response("**/chat/v1/conversations"):
        held[1].continue_()
    customer.say("merci", other)
    for page in (customer.page, other):
        customer.wait_for_answer_to("merci", page)
        assert [text for who, text in customer.said(page) if who == "customer"] == ["bonjour", "merci"]


def test_a_suspended_tab_that_holds_the_lock_delays_other_tabs_only_briefly(bot, customer):
    asleep = customer.new_tab()
    asleep.evaluate(
        "new Promise(held => void navigator.locks.request('pixmania-chat-outbox',"
        " () => { held(); return new Promise(() => {}) }))"
    )
    customer.page.bring_to_front()
    customer.open()
    customer.say("bonjour")
    assert bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour"]


def test_a_retry_does_not_wait_for_a_dead_connection(bot, customer):
    customer.open()
    customer.say("bonjour")
    hung = []

    def hang_the_first(route):
        if route.request.method == "POST" and not hung:
            hung.append(route)
        else:
            route.continue_()

    customer.page.route("**/chat/v1/messages", hang_the_first)
    customer.write("où est mon colis ?")
    again = customer.page.get_by_role("button", name="Réessayer")
    expect(again).to_be_visible()
    # The first request would hang for fifteen seconds, four of which have passed.
    with customer.page.expect_request("**/chat/v1/messages", timeout=5_000):
        again.click()
    customer.wait_for_answer_to("où est mon colis ?")
    assert bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_a_new_conversation_does_not_show_the_connection_error_of_the_previous_one(customer):
    customer.open()
    customer.say("bonjour")
    customer.page.route("**/chat/v1/*", lambda route: route.abort())
    customer.page.reload()
    expect(customer.page.locator(".banner")).to_contain_text("La messagerie ne répond pas")
    customer.page.get_by_role("button", name="Options de la conversation").click()
    customer.page.get_by_role("button", name="Nouvelle conversation").click()
    expect(customer.page.locator(".banner")).to_have_text("")


WAKES = {
    "a tab that is seen again": "document.dispatchEvent(new Event('visibilitychange'))",
    "a page gone back to": "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))",
}


@pytest.mark.parametrize("wake", WAKES.values(), ids=WAKES.keys())
def test_a_frozen_page_takes_over_the_conversation_that_another_tab_started(customer, wake):
    customer.page.add_init_script("addEventListener('storage', event => event.stopImmediatePropagation())")
    customer.page.reload()
    customer.open()
    customer.say("bonjour")
    other = customer.new_tab()
    if other.get_by_role("dialog").is_hidden():
        customer.open(other)
    other.get_by_role("button", name="Options de la conversation").click()
    other.get_by_role("button", name="Nouvelle conversation").click()
    customer.say("et ma facture ?", other)
    customer.page.bring_to_front()
    assert customer.said()[0] == ["customer", "bonjour"]
    customer.page.evaluate(wake)
    customer.wait_for_answer_to("et ma facture ?")
    assert customer.said() == customer.said(other)


def test_an_answer_that_arrives_while_the_tab_is_hidden_is_shown_later(customer):
    customer.open()
    customer.say("bonjour")
    hide = "Object.defineProperty(document, 'hidden', {get: () => %s, configurable: true});"
    change = "document.dispatchEvent(new Event('visibilitychange'))"
    customer.page.evaluate(hide % "true" + change)
    customer.write("où est mon colis ?")
    expect(customer.page.locator(".said .customer .bubble").last).to_have_text("où est mon colis ?")
    customer.page.evaluate(hide % "false" + change)
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
    # Delayed until now, so that no answer arrives before the panel is closed.
    held[0].continue_()
    launcher = customer.page.get_by_role("button", name="Une question")
    expect(launcher).to_be_focused()
    expect(launcher).to_contain_text("non lu")
    launcher.click()
    expect(customer.log()).to_contain_text("Mon compte")
    customer.page.keyboard.press("Escape")
    expect(launcher).not_to_contain_text("non lu")


@contextmanager
def killed(isolated_bot, name):
    """Afterwards, wait until all processes are healthy for the next test."""
    try:
        with isolated_bot.killed(name):
            yield
    finally:
        isolated_bot.wait_until_healthy()


@contextmanager
def limited(isolated_bot, limit):
    """Restart the web process with a limit on messages per conversation, such as « 30/60 »."""
    isolated_bot.kill("web")
    isolated_bot.start("web", CHAT_LIMIT_MESSAGES=limit)
    try:
        isolated_bot.wait_until_healthy()
        yield
    finally:
        with killed(isolated_bot, "web"):
            pass


def test_a_server_that_restarts_in_mid_conversation(isolated_bot, customers):
    customer = customers(isolated_bot.web_url)
    customer.open()
    customer.say("bonjour")
    with killed(isolated_bot, "web"):
        customer.write("où est mon colis ?")
        expect(customer.page.get_by_role("status").filter(has_text="La messagerie ne répond pas")).to_be_visible()
    customer.wait_for_answer_to("où est mon colis ?")
    expect(customer.page.locator(".banner")).to_have_text("")
    assert isolated_bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour", "où est mon colis ?"]


@pytest.mark.parametrize("when", ["before it is sent", "once it is taken"])
def test_the_widget_reports_a_server_that_hangs_within_seconds(isolated_bot, customers, when):
    """Its connections stay open, so the browser itself does not notice."""
    customer = customers(isolated_bot.web_url)
    customer.open()
    customer.say("bonjour")
    with ExitStack() as hanging:

        def hang():
            hanging.enter_context(isolated_bot.frozen("web"))

        if when == "once it is taken":
            # The web process hangs right after acknowledging the message. The bot hangs too, because after its answer
            # no message would be pending, and the widget would have no reason to report anything.
            hanging.enter_context(isolated_bot.frozen("bot"))
            customer.page.route("**/chat/v1/messages", lambda route: _answer_and(hang, route))
        else:
            hang()
        customer.write("où est mon colis ?")
        hangs = customer.page.get_by_role("status").filter(has_text="La messagerie ne répond pas")
        expect(hangs).to_be_visible(timeout=HANG_MS)
        expect(hangs).to_contain_text(SUPPORT_EMAIL)
    customer.wait_for_answer_to("où est mon colis ?")
    expect(customer.page.locator(".banner")).to_have_text("")
    assert isolated_bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour", "où est mon colis ?"]


# A stream that sends one event and then hangs, like every later stream.
ONE_MESSAGE_AND_SILENCE = """event => {
    const { fetch } = window;
    let sent = false;
    window.fetch = (url, options) => {
        if (!String(url).includes('/stream')) return fetch(url, options);
        const aborted = act => options.signal.addEventListener('abort', () => act(options.signal.reason));
        if (sent) return new Promise((_, reject) => aborted(reject));
        sent = true;
        const start = stream => (stream.enqueue(new TextEncoder().encode(event)), aborted(why => stream.error(why)));
        return Promise.resolve(new Response(new ReadableStream({ start })));
    };
}"""


def test_a_server_that_hangs_between_a_message_and_its_state_is_noticed_within_seconds(customer):
    """The server hangs after it has sent the customer's own message, and before the state « an answer is pending »."""
    message = {"seq": 1, "at": "2026-11-23T10:00:00+00:00", "from": "customer", "text": "bonjour", "buttons": []}
    event = f"id: 1\ndata: {json.dumps(message | {'card': None})}\n\n"
    customer.page.evaluate(ONE_MESSAGE_AND_SILENCE, event)
    customer.open()
    customer.write("bonjour")
    hangs = customer.page.get_by_role("status").filter(has_text="La messagerie ne répond pas")
    expect(hangs).to_be_visible(timeout=HANG_MS)


def _answer_and(hang, route):
    answer = route.fetch()
    hang()
    route.fulfill(response=answer)


def test_when_nothing_can_be_stored_the_server_and_the_widget_report_it_at_once(isolated_bot, customers):
    """The message is stored, but then neither its answer nor a delay notice can be stored."""
    customer = customers(isolated_bot.web_url)
    customer.open()
    customer.say("bonjour")
    words = "où est mon colis de mardi ?"  # unique to this test, which looks for it in the store
    with isolated_bot.frozen("bot"):
        customer.write(words)
        expect(customer.page.locator(".said .customer .bubble").last).to_have_text(words)
        wait_for(lambda: words in stored_texts(isolated_bot))
        with locked_file(isolated_bot.folder / "pixmania.sqlite3"):
            notice = customer.page.get_by_role("status").filter(has_text="La messagerie ne répond pas")
            expect(notice).to_be_visible(timeout=HANG_MS)
            expect(notice).to_contain_text(SUPPORT_EMAIL)
    customer.wait_for_answer_to(words)
    expect(customer.page.locator(".banner")).to_have_text("")


def stored_texts(isolated_bot):
    with closing(sqlite3.connect(isolated_bot.folder / "pixmania.sqlite3")) as database:
        return [text for (text,) in database.execute("SELECT text FROM chat_message")]


def test_when_the_bot_is_down_the_customer_sees_a_notice_and_gets_the_answer_later(isolated_bot, customers):
    customer = customers(isolated_bot.web_url)
    customer.open()
    customer.say("bonjour")
    with killed(isolated_bot, "bot"):
        customer.write("où est mon colis ?")
        expect(customer.page.locator(".writing")).to_be_visible()
        expect(customer.status()).to_contain_text("plus de temps que prévu")
        expect(customer.status().get_by_role("link", name=NATIONAL_PHONE)).to_have_attribute("href", PHONE_URI)
    expect(customer.log()).to_contain_text("Mon compte")
    expect(customer.status()).to_have_text("")
    assert "plus de temps" not in customer.log().inner_text()


def test_a_rate_limit_shows_the_servers_message_and_is_waited_for(isolated_bot, customers):
    with limited(isolated_bot, "1/6"):
        customer = customers(isolated_bot.web_url)
        customer.open()
        customer.status().evaluate(
            "banner => { window.notices = []; new MutationObserver(() => window.notices.push(banner.textContent))"
            ".observe(banner, {childList: true}) }"
        )
        posts = []
        customer.page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
        customer.write("bonjour")
        customer.write("où est mon colis ?")
        expect(customer.status()).to_contain_text("Vous allez trop vite")
        expect(customer.status()).to_contain_text("Il partira de lui-même.")
        # Other events that trigger a retry must not shorten the wait.
        customer.page.evaluate("dispatchEvent(new Event('online'))")
        customer.wait_for_answer_to("où est mon colis ?")
        refused, again = [post for post in posts if post.url.endswith("/messages")][1:3]
        assert refused.response().status == 429
        seconds = int(refused.response().header_value("Retry-After"))
        assert again.timing["startTime"] - refused.timing["startTime"] >= seconds * 1000
        assert not [words for words in customer.page.evaluate("window.notices") if "ne répond pas" in words]
        assert isolated_bot.rasa_messages(customer.token().split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_a_rate_limit_of_the_previous_conversation_does_not_delay_the_new_one(isolated_bot, customers):
    with limited(isolated_bot, "1/600"):
        customer = customers(isolated_bot.web_url)
        customer.open()
        customer.write("bonjour")
        customer.write("où est mon colis ?")
        expect(customer.status()).to_contain_text("Vous allez trop vite")
        customer.page.get_by_role("button", name="Options de la conversation").click()
        customer.page.get_by_role("button", name="Nouvelle conversation").click()
        customer.page.get_by_role("button", name="Commencer").click()  # the second message still waits
        customer.say("et ma facture ?")


def test_a_message_that_a_proxy_refuses_is_reported_and_not_retried_for_ever(customer):
    """The response is a firewall's page instead of the API's JSON."""
    asked = []

    def refuse(route):
        asked.append(route.request)
        route.fulfill(status=403, content_type="text/html", body="<h1>Forbidden</h1>")

    customer.page.route("**/chat/v1/messages", refuse)
    customer.open()
    customer.write("bonjour")
    state = customer.page.locator(".failed .state")
    expect(state).to_contain_text("Cela n’a pas fonctionné.")
    expect(state).to_have_css("color", DANGER)
    assert len(asked) == 1


def test_after_the_expiry_the_message_starts_a_new_conversation(customer):
    customer.open()
    customer.say("bonjour")
    customer.page.evaluate(
        "fetch('/chat/v1/conversation', {method: 'DELETE', headers: {Authorization: 'Bearer ' +"
        " JSON.parse(localStorage.getItem('pixmania-chat')).session.token}})"
    )
    customer.say("où est mon colis ?")
    assert customer.said()[0] == ["customer", "où est mon colis ?"]
