"""`python -m bench.takeover --pictures FOLDER`: stores screenshots of both sides of a take-over.

They show the customer's and the agent's browser, 1280 and 360 pixels wide, light and dark, in five states: the customer
waits; an agent has taken the conversation; has answered; has handed it back to the bot; has closed the exchange.
"""

import argparse
import re
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.correction_walkthrough import CHROMIUM, WIDTHS
from harness.chat_client import ChatClient
from harness.processes import Processes, running

ORDER, EMAIL = "PX48214092", "paul.girard@example.com"
HEIGHT = {1280: 900, 360: 740}
WAIT = "je veux parler à un conseiller"
ANSWER = "Bonjour Paul, je vois votre photo. Je demande au vendeur de reprendre le téléviseur."


class Desk:
    """A customer's window and an agent's inbox, and the screenshots of both."""

    def __init__(self, browser: Browser, processes: Processes, folder: Path) -> None:
        self._browser, self._processes, self._folder, self._number = browser, processes, folder, 0
        self.customer = self._page("")
        self.customer.get_by_role("button", name="Une question").click()
        self.agent = self._sign_in("lea", "Léa")
        # A present colleague, to whom a conversation can be transferred.
        self.colleague = self._sign_in("marc", "Marc")

    def _page(self, path: str) -> Page:
        page = self._browser.new_context(locale="fr-FR", timezone_id="Europe/Paris").new_page()
        page.set_default_timeout(60_000)
        page.set_viewport_size({"width": 1280, "height": HEIGHT[1280]})
        page.goto(f"{self._processes.web_url}/{path}")
        return page

    def _sign_in(self, name: str, first_name: str) -> Page:
        password = self._processes.manage("console_user", name, "--role", "review", "--first-name", first_name)
        page = self._page("console/boite/")
        page.get_by_label("Nom").fill(name)
        page.get_by_label("Mot de passe").fill(password.strip())
        with page.expect_response("**/boite/presence"):
            page.get_by_label("Mot de passe").press("Enter")
        return page

    def say(self, text: str, answer: str) -> None:
        """Send the customer's message, and wait until these words are shown."""
        self.customer.get_by_label("Votre message").fill(text)
        self.customer.get_by_label("Votre message").press("Enter")
        expect(self.customer.get_by_text(answer).last).to_be_visible()

    def press(self, name: str) -> None:
        with self.agent.expect_navigation(wait_until="load"):
            self.agent.get_by_role("button", name=re.compile(f"^{name}")).first.click()

    def open_talk(self) -> None:
        with self.agent.expect_navigation(wait_until="load"):
            self.agent.locator("[data-row]", has_text=WAIT).first.click()

    def keep(self, state: str) -> None:
        """Store screenshots of both sides in each width and colour scheme."""
        self._number += 1
        for side, page in (("agent", self.agent), ("customer", self.customer)):
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": HEIGHT[width]})
                self._show_newest()
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    name = f"{self._number} {state} {side} {width} {scheme}.png"
                    page.screenshot(path=self._folder / name, full_page=side == "agent", animations="disabled")
            page.set_viewport_size({"width": 1280, "height": HEIGHT[1280]})
        print(state, flush=True)

    def _show_newest(self) -> None:
        """Scroll to the newest message: after a change of its width, the window shows another part."""
        newest = self.customer.get_by_role("button", name="Voir la suite")
        self.customer.wait_for_timeout(300)
        while newest.is_visible():
            newest.click()
            self.customer.wait_for_timeout(600)


def play(desk: Desk, photo: Path) -> None:
    agent, customer = desk.agent, desk.customer
    desk.say(f"où est mon colis ? commande {ORDER}, {EMAIL}", "indiquée comme livrée")
    desk.say("le téléviseur est arrivé abîmé, l’écran est fendu", "Avez-vous noté le dommage")
    desk.say("oui", "Avez-vous pris des photos")
    desk.say("oui", "C’est ce qu’il faut")
    desk.say(WAIT, "vous êtes le prochain")
    expect(agent.locator("[data-row]", has_text=WAIT)).to_be_visible()
    desk.open_talk()
    desk.keep("waiting")
    desk.press("Prendre")
    agent.get_by_label("Ajouter").fill("écran fendu")
    desk.press("Ajouter")
    desk.keep("taken")
    with customer.expect_file_chooser() as chooser:
        customer.get_by_role("button", name="Joindre des photos").last.click()
    chooser.value.set_files(photo)
    customer.get_by_role("button", name="Envoyer 1 photo").click()
    expect(agent.locator("#photos [data-photo]")).to_be_visible()
    agent.get_by_label("Répondre au client").fill(ANSWER)
    agent.get_by_label("Répondre au client").press("Control+Enter")
    expect(customer.get_by_role("log").get_by_text(ANSWER)).to_be_visible()
    desk.keep("answered")
    desk.press("Rendre")
    expect(customer.get_by_role("log").get_by_text("Ici de nouveau l’assistant").last).to_be_visible()
    desk.keep("handed back")
    desk.press("Annuler")
    desk.press("Terminer")
    expect(customer.get_by_role("log").get_by_text("Léa a terminé l’échange").last).to_be_visible()
    desk.keep("closed")


def _come_before(processes: Processes) -> None:
    """Create an earlier conversation of the same customer."""
    ChatClient(processes.web_url).open().say(f"je veux être remboursé, commande {ORDER}, {EMAIL}")


def _draw(path: Path) -> Path:
    """Draw a screen with a crack, as the customer's photo."""
    picture = Image.new("RGB", (1200, 900), "#b9b2a6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((150, 150, 1050, 720), fill="#15181d")
    draw.line((420, 150, 520, 400, 460, 520, 640, 720), fill="#dfe6ee", width=9)
    draw.line((520, 400, 760, 330, 1050, 420), fill="#dfe6ee", width=6)
    picture.save(path)
    return path


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pictures", type=Path, required=True)
    pictures = options.parse_args().pictures
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright, running(Path(name)) as processes:
        _come_before(processes)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        play(Desk(browser, processes, pictures), _draw(Path(name) / "ecran.png"))
        browser.close()


if __name__ == "__main__":
    main()
