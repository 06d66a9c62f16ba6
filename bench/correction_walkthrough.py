"""`python -m bench.correction_walkthrough`: times how a lead corrects one misread message, in a browser.

The lead corrects the message and views the effect, trains a version, views its evaluation and its replay, puts it into
service, rolls back, and puts it into service again. `--pictures FOLDER` stores screenshots of each page, 1280 and 360
pixels wide. Training uses both cores for minutes.
"""

import argparse
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from bench.conversations import questions_by_topic
from bench.table import Table
from harness.chat_client import ChatClient
from harness.processes import Processes, running
from harness.promotion import model_in

CHROMIUM = "/usr/bin/chromium-headless-shell"
# A message that the bot classifies as a complaint; QUESTION is the right question, and its answer contains ANSWER.
MISTAKE, QUESTION, ANSWER = "je me suis fait avoir, reprenez votre machin", "ask_withdrawal/how", "vendeur"
# Number of other customers' conversations, which the replay also classifies.
OTHERS = 40
WIDTHS = (1280, 360)
TIMEOUT_MS = 60 * 60 * 1000
# Long enough for a loaded machine.
expect.set_options(timeout=120_000)


class Walkthrough:
    """A lead's browser and a customer's, beside running processes."""

    def __init__(self, browser: Browser, processes: Processes, pictures: Path | None) -> None:
        self._browser, self._processes, self._pictures = browser, processes, pictures
        self.times: list[tuple[str, float]] = []
        self.page = self._page("console/")
        self.page.get_by_label("Nom").fill("chef")
        self.page.get_by_label("Mot de passe").fill(
            processes.manage("console_user", "chef", "--role", "manage").strip()
        )
        self.page.get_by_role("button", name="Se connecter").click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Conversations")

    def _page(self, path: str) -> Page:
        page = self._browser.new_context(locale="fr-FR", timezone_id="Europe/Paris").new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{self._processes.web_url}/{path}")
        return page

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step, and store a screenshot of its last page."""
        begun = time.monotonic()
        yield
        self.times.append((name, time.monotonic() - begun))
        print(f"{name}: {self.times[-1][1]:,.0f} s", flush=True)
        self._store_picture(self.page, f"{len(self.times):02} {name}")

    def _store_picture(self, page: Page, name: str) -> None:
        if self._pictures:
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=self._pictures / f"{name} {width}.png", full_page=True)
            page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def answer(self, name: str) -> str:
        """The answer to the same message of a new customer, in the widget."""
        page = self._page("")
        page.get_by_role("button", name="Une question").click()
        page.get_by_label("Votre message").fill(MISTAKE)
        page.get_by_label("Votre message").press("Enter")
        expect(page.locator(".message.bot[data-seq]").last).to_be_visible()
        expect(page.locator(".writing")).to_be_hidden()
        said = page.locator(".message.bot[data-seq] .bubble").last.inner_text()
        self._store_picture(page, f"{len(self.times):02} {name}, widget")
        page.context.close()
        return said

    def go(self, path: str) -> None:
        self.page.goto(f"{self._processes.web_url}/console/{path}")

    def press(self, name: str | re.Pattern[str], within: Page | Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name).first.click()

    def wait_for(self, wanted: str) -> None:
        """Wait for this heading."""
        expect(self.page.get_by_role("heading", name=wanted)).to_be_visible(timeout=TIMEOUT_MS)


def walk_through(walkthrough: Walkthrough) -> None:
    page = walkthrough.page
    wrong = walkthrough.answer("before")
    print(f"« {MISTAKE} » → {wrong[:160]!r}")
    with walkthrough.step("sees the mistake"):
        _until(walkthrough, lambda: page.locator("[data-row]", has_text=MISTAKE[:20]), f"?q={MISTAKE.split()[-1]}")
        with page.expect_navigation(wait_until="load"):
            page.locator("[data-row]").first.click()
        expect(page.get_by_role("button", name="Corriger", exact=True).first).to_be_visible()
    with walkthrough.step("corrects it, and sees the effect"):
        page.get_by_role("button", name="Corriger", exact=True).first.click()
        page.get_by_label("Autre question").select_option(QUESTION)
        page.get_by_role("button", name="Voir l’effet").first.click()
        _retry_until(page, page.get_by_role("button", name="Garder la correction"))
    with walkthrough.step("keeps it"):
        walkthrough.press("Garder la correction")
        expect(page.get_by_role("button", name="Garder la correction")).to_be_hidden()
    with walkthrough.step("prepares a version: training and evaluation"):
        walkthrough.go("versions/")
        walkthrough.press("Préparer une version")
        expect(page.get_by_text("Phrases de contrôle").first).to_be_visible(timeout=TIMEOUT_MS)
    with walkthrough.step("the replay"):
        expect(page.get_by_role("button", name="Arrêter le rejeu")).to_be_hidden(timeout=TIMEOUT_MS)
    print(page.locator("ul.radius").first.inner_text())
    with walkthrough.step("sees the replay's list, and judges it"):
        page.get_by_role("link", name="Voir le rejeu").click()
        walkthrough._store_picture(page, f"{len(walkthrough.times):02} the list")
        _judge_all(page)
        walkthrough.go("versions/")
    with walkthrough.step("puts it into service"):
        walkthrough.press(re.compile("Mettre en service la version 1"))
        walkthrough.wait_for("En service : version 1")
    right = walkthrough.answer("in service")
    print(f"« {MISTAKE} » → {right[:160]!r}")
    with walkthrough.step("rolls back"):
        walkthrough.press("Revenir au modèle installé")
        walkthrough.wait_for("En service : le modèle installé")
    back = walkthrough.answer("back")
    with walkthrough.step("puts it into service again"):
        walkthrough.press(re.compile("Revenir à la version 1"))
        walkthrough.wait_for("En service : version 1")
    forward = walkthrough.answer("forward")
    assert wrong == back != right == forward, (wrong, right, back, forward)
    assert ANSWER in right


def _retry_until(page: Page, wanted: Locator) -> None:
    """Wait for the element; press « Réessayer » whenever a loaded server did not answer in time."""
    again = page.get_by_role("button", name="Réessayer")
    expect(wanted.or_(again)).to_be_visible()
    while again.is_visible():
        again.click()
        expect(again).to_be_hidden()
        expect(wanted.or_(again)).to_be_visible()


def _judge_all(page: Page) -> None:
    """Mark every group of changes as better."""
    address = page.url
    for link in [one.get_attribute("href") for one in page.locator("table a").all()]:
        page.goto(f"{address}{link}")
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("button", name="Mieux", exact=True).first.click()
    page.goto(address)


def _until(walkthrough: Walkthrough, wanted: object, path: str) -> None:
    """Reload the page until it shows the element: the console indexes a conversation some seconds later."""
    for _ in range(60):
        walkthrough.go(path)
        if wanted().count():  # type: ignore[operator]
            return
        walkthrough.page.wait_for_timeout(500)
    raise TimeoutError(path)


def _others(processes: Processes) -> None:
    """Create conversations of other customers."""
    lines = questions_by_topic()
    for topic in [*lines][:OTHERS]:
        chat = ChatClient(processes.web_url).open()
        for _, line in lines[topic][:3]:
            chat.say(line)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pictures", type=Path)
    pictures = options.parse_args().pictures
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        settings = model_in(folder)
        os.environ |= settings
        with running(folder, **settings) as processes:
            processes.start("worker")
            _others(processes)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            walkthrough = Walkthrough(browser, processes, pictures)
            walk_through(walkthrough)
            browser.close()
    table = Table("one correction", ["seconds"])
    for step, seconds in walkthrough.times:
        table.row(step, seconds)
    table.print()


if __name__ == "__main__":
    main()
