"""`python -m bench.sitting`: one mistake all the way, by a lead in a browser, with the time of each step.

A customer's message is misread; the lead corrects it and looks at the radius, prepares a version, looks at its
certificate and at the replay's list, puts it into service, takes it back and puts it forward. `--pictures FOLDER` keeps
each page at 1280 and 360 pixels. Training takes both cores for minutes.
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
# Read as being upset, not as a wish to send the product back.
MISTAKE, QUESTION, ANSWER = "je me suis fait avoir, reprenez votre machin", "ask_withdrawal/how", "vendeur"
# Other customers' messages, which the replay reads.
OTHERS = 40
WIDTHS = (1280, 360)
PATIENCE = 60 * 60 * 1000
# On a loaded machine.
expect.set_options(timeout=120_000)


class Sitting:
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
        """A step of the lead's, timed, with its last page as a picture."""
        begun = time.monotonic()
        yield
        self.times.append((name, time.monotonic() - begun))
        print(f"{name}: {self.times[-1][1]:,.0f} s", flush=True)
        self._keep_picture(self.page, f"{len(self.times):02} {name}")

    def _keep_picture(self, page: Page, name: str) -> None:
        if self._pictures:
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=self._pictures / f"{name} {width}.png", full_page=True)
            page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def answer(self, name: str) -> str:
        """What a new customer reads in the widget."""
        page = self._page("")
        page.get_by_role("button", name="Une question").click()
        page.get_by_label("Votre message").fill(MISTAKE)
        page.get_by_label("Votre message").press("Enter")
        expect(page.locator(".message.bot[data-seq]").last).to_be_visible()
        expect(page.locator(".writing")).to_be_hidden()
        said = page.locator(".message.bot[data-seq] .bubble").last.inner_text()
        self._keep_picture(page, f"{len(self.times):02} {name}, widget")
        page.context.close()
        return said

    def go(self, path: str) -> None:
        self.page.goto(f"{self._processes.web_url}/console/{path}")

    def press(self, name: str | re.Pattern[str], within: Page | Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name).first.click()

    def served(self, wanted: str) -> None:
        """Wait until the page says so."""
        expect(self.page.get_by_role("heading", name=wanted)).to_be_visible(timeout=PATIENCE)


def sit(sitting: Sitting) -> None:
    page = sitting.page
    wrong = sitting.answer("before")
    print(f"« {MISTAKE} » → {wrong[:160]!r}")
    with sitting.step("sees the mistake"):
        _until(sitting, lambda: page.locator("[data-row]", has_text=MISTAKE[:20]), f"?q={MISTAKE.split()[-1]}")
        with page.expect_navigation(wait_until="load"):
            page.locator("[data-row]").first.click()
        expect(page.get_by_role("button", name="Corriger", exact=True).first).to_be_visible()
    with sitting.step("corrects it, and sees the radius"):
        page.get_by_role("button", name="Corriger", exact=True).first.click()
        page.get_by_label("Autre question").select_option(QUESTION)
        page.get_by_role("button", name="Voir l’effet").first.click()
        _try_again_until(page, page.get_by_role("button", name="Garder la correction"))
    with sitting.step("keeps it"):
        sitting.press("Garder la correction")
        expect(page.get_by_role("button", name="Garder la correction")).to_be_hidden()
    with sitting.step("prepares a version: training and certificate"):
        sitting.go("versions/")
        sitting.press("Préparer une version")
        expect(page.get_by_text("Phrases de contrôle").first).to_be_visible(timeout=PATIENCE)
    with sitting.step("the replay"):
        expect(page.get_by_role("button", name="Arrêter le rejeu")).to_be_hidden(timeout=PATIENCE)
    print(page.locator("ul.radius").first.inner_text())
    with sitting.step("sees the replay's list, and judges it"):
        page.get_by_role("link", name="Voir le rejeu").click()
        sitting._keep_picture(page, f"{len(sitting.times):02} the list")
        _judge_all(page)
        sitting.go("versions/")
    with sitting.step("puts it into service"):
        sitting.press(re.compile("Mettre en service la version 1"))
        sitting.served("En service : version 1")
    right = sitting.answer("in service")
    print(f"« {MISTAKE} » → {right[:160]!r}")
    with sitting.step("back"):
        sitting.press("Revenir au modèle installé")
        sitting.served("En service : le modèle installé")
    back = sitting.answer("back")
    with sitting.step("forward"):
        sitting.press(re.compile("Revenir à la version 1"))
        sitting.served("En service : version 1")
    forward = sitting.answer("forward")
    assert wrong == back != right == forward, (wrong, right, back, forward)
    assert ANSWER in right


def _try_again_until(page: Page, wanted: Locator) -> None:
    """A loaded server may not answer in time: then the page says so, and offers « Réessayer »."""
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


def _until(sitting: Sitting, wanted: object, path: str) -> None:
    """Load the page again until it shows it: the console indexes a conversation some seconds later."""
    for _ in range(60):
        sitting.go(path)
        if wanted().count():  # type: ignore[operator]
            return
        sitting.page.wait_for_timeout(500)
    raise TimeoutError(path)


def _others(processes: Processes) -> None:
    """Conversations of other customers."""
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
            sitting = Sitting(browser, processes, pictures)
            sit(sitting)
            browser.close()
    table = Table("one sitting", ["seconds"])
    for step, seconds in sitting.times:
        table.row(step, seconds)
    table.print()


if __name__ == "__main__":
    main()
