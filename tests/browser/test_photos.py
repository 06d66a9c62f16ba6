"""Photos from the customer's camera to the agent's screen: chosen, shrunk, sent, seen, and erased."""

import base64
import re
from io import BytesIO

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import expect

from tests.browser.test_accessibility import violations
from tests.browser.test_takeover import agent, customer, open_talk  # noqa: F401

pytestmark = pytest.mark.processes
PLACE = "48.8566"
# A photo of 64 × 64 pixels in the iPhone's format. Safari can decode it, Chromium cannot.
HEIC = """
AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAA
AAAERAAAEAAQAAAAABegABAAAAAAAAABYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAA
AAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkA
AAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAA
QAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAAB5tZGF0AAAAEigBrwQY/Hk46//4Y5I6QZOLMA==
"""
KEEP_WHAT_IS_SENT = """() => {
  const send = XMLHttpRequest.prototype.send;
  window.sent = [];
  XMLHttpRequest.prototype.send = function (body) { sent.push(body.get("photo")); return send.call(this, body); };
}"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A large photo with a location, another one, one that not all browsers can decode, and a file that is no photo."""
    folder = tmp_path_factory.mktemp("photos")
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = PLACE
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(folder / "colis.jpg", exif=exif)
    Image.new("RGBA", (60, 90), (0, 0, 200, 90)).save(folder / "carton.png")
    (folder / "contrat.pdf").write_bytes(b"%PDF-1.7")
    (folder / "IMG_0042.heic").write_bytes(base64.b64decode(HEIC))
    return {path.name: path for path in folder.iterdir()}


def choose(customer, button, *paths):  # noqa: F811
    with customer.page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(paths)


def offered(customer):  # noqa: F811
    return customer.log().get_by_role("button", name="Joindre des photos")


def test_after_a_damaged_parcel_the_customer_sends_photos(isolated_bot, customer, files):  # noqa: F811
    page = customer.page
    for words in ("mon colis est arrivé complètement écrasé", "oui", "non"):
        expect(offered(customer)).to_have_count(0)
        customer.say(words)
    chosen = [files[name] for name in ("colis.jpg", "contrat.pdf", "IMG_0042.heic", "carton.png")]
    choose(customer, offered(customer), *chosen)
    for name in ("contrat.pdf", "IMG_0042.heic"):
        refused = f"« {name} » n’est pas une photo lisible ici. Choisissez une photo JPEG, PNG ou WebP."
        expect(page.get_by_text(refused)).to_be_visible()
    expect(page.get_by_role("button", name="Envoyer 2 photos")).to_be_focused()
    assert violations(page) == []
    # The first attempt fails: the chosen photos stay, and are then sent once. The last two bodies were uploaded.
    page.evaluate(KEEP_WHAT_IS_SENT)
    page.route("**/chat/v1/photos", lambda route: route.abort())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Les photos ne sont pas parties")).to_be_visible()
    page.unroute("**/chat/v1/photos")
    page.get_by_role("button", name="Réessayer").click()
    expect(customer.log().get_by_text("Vos photos sont jointes à notre conversation")).to_be_visible()
    expect(customer.log().locator(".photo canvas")).to_have_count(2)
    *_, large, _ = page.evaluate("Promise.all(sent.map((one) => one.text()))")
    assert len(large) < files["colis.jpg"].stat().st_size / 3, "it was not shrunk"
    assert PLACE not in large
    assert violations(page) == []
    # Enter enlarges the photo; Escape closes the photo, and not the panel.
    page.get_by_role("button", name="Photo 1 sur 2, agrandir").press("Enter")
    expect(page.get_by_role("img", name="Photo 1 sur 2")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Photo 1 sur 2, agrandir")).to_be_focused()
    page.reload()
    customer.open()
    expect(customer.log().locator(".photo canvas")).to_have_count(2)


def test_an_agent_sees_the_photos_and_what_is_erased_goes_everywhere(isolated_bot, agent, customer, files):  # noqa: F811
    page = customer.page
    expect(page.get_by_role("button", name="Joindre des photos")).to_have_count(0)
    customer.write("je veux parler à un conseiller")
    open_talk(agent, "je veux parler à un conseiller")
    agent.get_by_role("button", name=re.compile("^Prendre")).first.click()
    expect(page.get_by_text("Vous parlez avec Léa")).to_be_visible()
    choose(customer, page.get_by_role("button", name="Joindre des photos"), files["colis.jpg"])
    page.get_by_role("button", name="Envoyer 1 photo").click()
    expect(customer.log().locator(".photo canvas")).to_be_visible()
    seen = agent.locator("#talk").get_by_role("img", name="Photo 1 sur 1, agrandir")
    expect(seen).to_be_visible()
    assert seen.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    expect(agent.locator("#photos").get_by_role("img", name="Photo 1 sur 1, agrandir")).to_be_visible()
    agent.locator("#photos [data-photo]").press("Enter")
    large = agent.get_by_role("dialog").get_by_role("img", name="Photo 1 sur 1")
    assert large.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1600
    assert violations(agent) == []
    address = large.evaluate("image => image.src")
    kept = agent.request.get(address).body()
    assert PLACE.encode() not in kept
    assert Image.open(BytesIO(kept)).size == (1600, 1067)
    agent.keyboard.press("Escape")
    customer.erase()
    expect(customer.log().locator(".photo")).to_have_count(0)
    expect(agent.locator("[data-photo]")).to_have_count(0)
    assert agent.request.get(address).status == 404
