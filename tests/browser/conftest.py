"""Chromium on the demo shop's page, and the chat as a customer uses it."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright

# The build without a user interface: it saves a second of processor time per test.
CHROMIUM = Path("/usr/bin/chromium-headless-shell")
LAUNCH = ["--no-sandbox", "--disable-background-networking"]
ANSWER_MS = 20_000
expect.set_options(timeout=ANSWER_MS)


@pytest.fixture(scope="module")
def browser():
    """Once per file: Playwright runs an event loop, which must have ended before other tests start theirs."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian: chromium-headless-shell)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=LAUNCH)
        yield browser
        browser.close()


class Customer:
    """One browser with its own storage. Afterwards: no errors in its console, no requests to third parties."""

    def __init__(self, browser, url, slowness=1, **options):
        self.url = url
        self.slowness = slowness
        self.context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", **options)
        self.context.set_default_timeout(ANSWER_MS)
        self.faults: list[str] = []
        self.hosts: set[str | None] = set()
        self.requests: list[str] = []
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        page = self.context.new_page()
        if self.slowness != 1:
            self.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": self.slowness})
        page.on("console", lambda message: self._collect(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._asked)
        page.goto(self.url)
        return page

    def _collect(self, kind, text):
        # The browser and htmx also report connections that a test cuts. Any other message is an error of ours.
        cut = r"Failed to load resource|net::ERR_|^Response Status Error Code|^htmx:(?:sendError|afterRequest), "
        if kind in ("error", "warning") and not re.search(cut, text):
            self.faults.append(text)

    def _asked(self, request):
        self.requests.append(request.url)
        if urlsplit(request.url).scheme in ("http", "https"):
            self.hosts.add(urlsplit(request.url).hostname)

    def open(self, page=None):
        page = page or self.page
        page.get_by_role("button", name="Une question").click()
        expect(page.get_by_role("dialog")).to_be_visible()

    def write(self, text, page=None):
        page = page or self.page
        page.get_by_label("Votre message").fill(text)
        page.get_by_label("Votre message").press("Enter")

    def say(self, text, page=None):
        """Write, and wait for the answer."""
        self.write(text, page)
        self.wait_for_answer_to(text, page)

    def wait_for_answer_to(self, text, page=None):
        page = page or self.page
        expect(self.log(page).locator(".said .customer .bubble").last).to_have_text(text)
        expect(page.locator(".message[data-seq]").last).to_have_class(re.compile("bot"))
        expect(page.locator(".writing")).to_be_hidden()

    def log(self, page=None):
        return (page or self.page).get_by_role("log")

    def status(self, page=None):
        """The status line above the text field."""
        return (page or self.page).locator(".banner")

    def said(self, page=None):
        """[(author, text)] as the customer sees them."""
        rows = (page or self.page).locator(".said .message, .waiting .message")
        return rows.evaluate_all(
            "all => all.map(one => [one.classList.contains('customer') ? 'customer' : 'bot',"
            " one.querySelector('.bubble').firstElementChild.textContent])"
        )

    def token(self):
        return json.loads(self.page.evaluate("localStorage.getItem('pixmania-chat')"))["session"]["token"]

    def erase(self, page=None):
        """Request the erasure and confirm it."""
        page = page or self.page
        page.get_by_role("button", name="Options de la conversation").click()
        page.get_by_role("button", name="Effacer la conversation").click()
        page.get_by_role("button", name="Effacer", exact=True).click()

    def kept(self):
        return self.page.evaluate("JSON.stringify(localStorage)")


@pytest.fixture
def customers(browser, request):
    """Create a customer: customers(url, width=360, color_scheme="dark")."""
    made = []
    slowness = request.config.getoption("slow_browser")

    def make(url, width=1280, height=800, **options):
        made.append(Customer(browser, url, slowness, viewport={"width": width, "height": height}, **options))
        return made[-1]

    yield make
    for customer in made:
        customer.context.close()
        assert not customer.faults, customer.faults
        assert customer.hosts <= {"127.0.0.1"}, customer.hosts


@pytest.fixture
def customer(bot, customers):
    return customers(bot.web_url)
