"""The console as an agent uses it: sign in, find, read, review by keyboard, correct, export; on any screen size."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from harness.chat_client import ChatClient
from harness.console_client import ConsoleClient, new_word
from harness.processes import wait_for
from harness.quiet import make_quiet
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.processes

PAGES = [
    "", "a-relire/", "boite/?onglet=a-prendre", "incompris/", "corrections/", "statistiques/", "etat/", "journal/",
    "avis/", "versions/", "effacer/", "aide/", "equipe/", "compte/", "compte/mot-de-passe/",
    "compte/code/", "?issue=fallback&q=introuvablement", "?du=1999-01-01",
]  # fmt: skip


# Rows whose first column is so narrow that it breaks inside a word.
SQUEEZED = """[...document.querySelectorAll(".row > :first-child")]
    .filter((first) => first.getBoundingClientRect().width < 100).length"""


@pytest.fixture(scope="module")
def talks(bot):
    """A word that only three new conversations contain; the last of them asks for a person."""
    word = new_word()
    for line in (f"je voudrais ma facture {word}", f"vous vendez des girafes {word} ?", f"parler à quelqu'un {word}"):
        chat = ChatClient(bot.web_url).open()
        chat.say(line)
    ChatClient(bot.web_url).open().say("x" * 600)  # a word too long for any line
    chat.say("<img src=x onerror=alert(1)> <script>alert(1)</script> je veux parler à un conseiller")
    console = ConsoleClient.signed_in(bot, "read")
    wait_for(lambda: console.get(f"?q={word}").raw.count(b"data-row>"), equal_to=3)
    return word


@pytest.fixture(scope="module")
def password(bot):
    return bot.manage("console_user", "chef", "--role", "manage").strip()


@pytest.fixture
def sign_in(bot, customers, password):
    """Sign in through the page: sign_in(width, color_scheme=…) returns the page."""

    def make(width=1280, height=900, **options):
        page = customers(f"{bot.web_url}/console/", width, height, **options).page
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        page.get_by_label("Nom").fill("chef")
        page.get_by_label("Mot de passe").fill(password)
        page.get_by_role("button", name="Se connecter").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Conversations")
        page.wait_for_load_state("load")
        return page

    return make


def search(page, word):
    page.goto(re.sub(r"/console/.*", f"/console/?q={word}", page.url))
    expect(page.locator("[data-row]")).not_to_have_count(0)


def press_and_go(page, key):
    """Press the key, and wait until the next page and its keyboard shortcuts are ready."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def open_first(page):
    with page.expect_navigation(wait_until="load"):
        page.locator("[data-row]").first.click()


def test_find_read_and_review_by_keyboard(sign_in, talks):
    page = sign_in()
    page.keyboard.press("/")
    expect(page.get_by_label("Chercher", exact=True)).to_be_focused()
    page.keyboard.type(talks.upper())
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(3)
    expect(page.locator("mark")).to_have_count(3)
    assert "du=" not in page.url, "empty fields are not in the URL"
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    press_and_go(page, "Enter")
    expect(page.get_by_text("Client ·").first).to_be_visible()
    first = page.url
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    press_and_go(page, "b")
    assert page.url != first, "it opens the next conversation of the filter"
    press_and_go(page, "m")
    press_and_go(page, "u")
    expect(page.locator(".chip.verdict-good")).to_have_count(1)
    expect(page.locator(".chip.verdict-bad")).to_have_count(1)
    page.reload()
    assert talks.upper() in page.url, "the URL contains the filter"


def test_a_key_works_as_a_shortcut_right_after_the_help_was_closed(sign_in):
    """On a slow machine, the key arrives before the browser has moved the focus out of the closed dialog."""
    page = sign_in()
    page.evaluate("""() => {
        const help = document.getElementById("keys");
        help.showModal();
        help.close();
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true }));
    }""")
    expect(page.get_by_label("Chercher", exact=True)).to_be_focused()


def test_one_key_shortcuts_can_be_switched_off(sign_in):
    page = sign_in()
    page.keyboard.press("?")
    switch = page.get_by_label("Une touche suffit")
    switch.uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_label("Chercher", exact=True)).not_to_be_focused()
    page.goto(re.sub(r"/console/.*", "/console/aide/", page.url))
    page.get_by_role("button", name="Les touches").click()
    switch.check()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_menu_is_one_row_and_fits_a_phone(sign_in):
    page = sign_in()
    bar, inbox = page.locator("header.top"), page.locator("header nav a").first
    assert bar.bounding_box()["height"] < 2 * inbox.bounding_box()["height"], "one row for the role with most entries"
    page.locator("summary", has_text="Gestion").click()
    expect(page.get_by_role("link", name="Équipe", exact=True)).to_be_visible()
    page.locator("summary", has_text="chef").click()
    expect(page.get_by_role("link", name="Équipe", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_hidden()
    expect(page.locator("summary", has_text="chef")).to_be_focused()
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("summary", has_text="Menu").click()
    expect(page.get_by_role("link", name="Équipe", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []


def test_correct_in_place_and_download(sign_in, talks):
    page = sign_in()
    search(page, f"girafes+{talks}")
    open_first(page)
    page.keyboard.press("c")
    choice = page.get_by_label("Autre question")
    expect(choice).to_be_visible()
    choice.select_option("ask_invoice/where")
    page.get_by_role("button", name="Voir l’effet").click()
    keep = page.get_by_role("button", name="Garder la correction")
    expect(keep).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Corrigé")).to_be_visible()
    page.get_by_role("link", name="Corrections").click()
    row = page.locator("li", has_text=talks)
    expect(row).to_contain_text("Ma facture")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    assert talks in download.value.path().read_text()
    row.get_by_role("button", name="Retirer").click()
    expect(page.locator("li", has_text=talks)).to_have_count(0)


def test_the_filtered_list_is_exported(sign_in, talks):
    page = sign_in()
    search(page, talks)
    page.get_by_text("Exporter", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter en CSV").click()
    text = download.value.path().read_text()
    assert text.count(talks) >= 3
    assert download.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize("width", [360, 1280])
def test_ticked_rows_are_flagged_found_settled_and_taken_back(sign_in, talks, width):
    page = sign_in(width)
    search(page, talks)
    boxes = page.locator(".tick input")
    boxes.first.check()
    boxes.last.click(modifiers=["Shift"])
    expect(page.get_by_text("3 cochées")).to_be_visible()
    boxes.nth(1).uncheck()
    page.get_by_text("Signaler", exact=True).first.click()
    page.get_by_label("Pourquoi").fill("délai à vérifier")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page, colours=width == 1280) == []
    page.get_by_label("Pourquoi").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Signalé : 2 conversations")).to_be_visible()
    page.get_by_role("link", name=re.compile("Signalées")).click()
    expect(page.locator(".chip.flagged")).to_have_count(2)
    open_first(page)
    page.get_by_role("button", name="C’est réglé").click()
    page.get_by_role("button", name="Annuler").click()
    page.get_by_role("button", name="C’est réglé").click()
    expect(page.get_by_text("réglé par chef").last).to_be_visible()
    page.get_by_role("link", name="← La liste").click()
    expect(page.locator(".chip.flagged")).to_have_count(1)
    page.get_by_label("Tout cocher").check()
    page.get_by_role("button", name="Régler").click()
    expect(page.get_by_text("Aucune conversation ne correspond")).to_be_visible()


def test_a_filter_applies_at_once_and_keeps_the_focus(sign_in, talks):
    page = sign_in()
    search(page, talks)
    page.get_by_label("Issue").focus()
    page.get_by_label("Issue").select_option(label="abandonnée")
    expect(page.get_by_text("Aucun client ne l’a écrit")).to_be_visible()
    expect(page.get_by_label("Issue")).to_be_focused()
    assert "issue=abandoned" in page.url
    page.get_by_role("link", name=re.compile("Issue : abandonnée")).click()
    expect(page.locator("[data-row]")).to_have_count(3)


def test_the_queue_contains_conversations_that_asked_for_a_person(bot, sign_in):
    word = new_word()
    customer = ChatClient(bot.web_url).open()
    customer.say(f"je veux parler à un conseiller {word}")
    make_quiet(bot, customer.token.split(":")[0])
    console = ConsoleClient.signed_in(bot, "read")
    wait_for(lambda: word.encode() in console.get("a-relire/").raw)
    page = sign_in()
    page.get_by_role("link", name="À relire", exact=True).click()
    expect(page.locator("li", has_text=word)).to_contain_text("Personne nécessaire")
    page.get_by_role("link", name="Commencer").click()
    expect(page.get_by_role("button", name=re.compile("Bien répondu"))).to_be_visible()


@pytest.mark.parametrize("fault", [403, 500, None])
def test_a_fault_of_any_button_is_seen_and_the_text_stays(sign_in, talks, fault):
    page = sign_in()
    search(page, talks)
    open_first(page)
    answer = lambda route: route.fulfill(status=fault, body="") if fault else route.abort()  # noqa: E731
    note = page.get_by_label("Écrire une note")
    note.fill("rappeler demain")
    for address, button in (
        ("**/noter*", page.get_by_role("button", name="Noter", exact=True)),
        ("**/relire*", page.get_by_role("button", name="Bien répondu")),
        ("**/corriger", page.get_by_role("button", name="Corriger", exact=True).first),
    ):
        page.route(address, answer)
        button.click()
        expect(page.get_by_role("alert")).to_contain_text("encore là")
        expect(note).to_have_value("rappeler demain")
        page.get_by_role("button", name="Fermer").last.click()
        expect(page.locator("#fault")).to_be_hidden()
        page.unroute(address)
    page.route("**/noter*", answer)
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.locator("#fault")).to_be_visible()
    page.unroute("**/noter*")
    note.fill("rappeler après-demain")
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".note", has_text="rappeler après-demain").last).to_be_visible()


def test_a_session_that_ended_gives_the_text_back(sign_in, talks, password):
    page = sign_in()
    search(page, talks)
    open_first(page)
    address = page.url.partition("?")[0]
    page.get_by_label("Écrire une note").fill("rappeler demain")
    page.context.clear_cookies(name="sessionid")
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Noter", exact=True).click()
    page.get_by_label("Nom").fill("chef")
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_label("Écrire une note")).to_have_value("rappeler demain")
    assert page.url.partition("?")[0] == address


def test_nothing_that_a_customer_wrote_is_run(sign_in, talks):
    page = sign_in()
    search(page, f"quelqu+{talks}")
    open_first(page)
    expect(page.locator(".bubble", has_text="<script>alert(1)</script>")).to_be_visible()
    assert page.locator(".bubble img, .bubble script").count() == 0


def test_the_second_page_comes_by_itself(bot, sign_in):
    """A page has fifty rows; create more conversations than that, several at once."""
    word = new_word()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ChatClient(bot.web_url).open().say(f"bonjour {word}"), range(52)))
    console = ConsoleClient.signed_in(bot, "read")
    wait_for(lambda: b'class="more"' in console.get(f"?q={word}").raw)
    page = sign_in(height=700)
    search(page, word)
    expect(page.locator("[data-row]")).to_have_count(50)
    page.keyboard.press("End")
    expect(page.locator("[data-row]")).to_have_count(52)


def test_the_charts_are_drawn(sign_in, talks):
    page = sign_in()
    page.get_by_role("link", name="Statistiques").click()
    charts = page.locator("canvas[data-chart]")
    expect(charts).to_have_count(9)
    inked = "one => [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data].some(byte => byte > 0)"
    for number in range(9):
        wait_for(lambda number=number: charts.nth(number).evaluate(inked))


@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation_and_no_overflow_on_any_page(sign_in, talks, width):
    page = sign_in(width)
    root = page.url
    found = {}
    colours = width == 1280
    for path in PAGES:
        page.goto(root + path)
        found[path] = violations(page, colours)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(SQUEEZED) == 0, path
    search(page, f"girafes+{talks}")
    open_first(page)
    found["conversation"] = violations(page, colours)
    page.get_by_text("Pourquoi ?").first.click()
    page.get_by_role("button", name="Corriger", exact=True).first.click()
    expect(page.get_by_label("Autre question")).to_be_visible()
    found["correction"] = violations(page, colours)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found == {path: [] for path in found}
