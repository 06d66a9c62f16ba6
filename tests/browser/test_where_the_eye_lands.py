"""The start of the newest answer is visible in every size, after every kind of message. `-s` prints the positions."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CHROMIUM, LAUNCH, Customer

pytestmark = pytest.mark.processes

SIZES = [(360, 740, 1), (360, 380, 1), (740, 360, 1), (740, 180, 1), (1280, 800, 1), (360, 740, 2), (360, 380, 2)]
STORY = "Bonjour, j’ai commandé un téléphone il y a deux semaines et je ne vois rien venir, où est mon colis ? "
SAID = {
    "a word": "bonjour",
    "240 characters": (STORY * 3)[:240],
    "390 characters": (STORY * 4)[:390],
    "2,000 characters": (STORY * 20)[:1990],
    "an order": "où est mon colis PX48207264 camille.durand@example.com",
    "a value asked for": "regardez ma reprise",
}
# JavaScript: the position of the newest answer's first bubble, in px from the top of the log, and the log's height.
START = """log => {
    const all = [...log.querySelectorAll('.message[data-seq]')];
    const first = all.findLastIndex(one => one.matches('.customer')) + 1;
    const bubble = all[first].querySelector('.bubble');
    return [bubble.getBoundingClientRect().top - log.getBoundingClientRect().top, log.clientHeight].map(Math.round);
}"""
# JavaScript: the distance of an icon without text from the middle of its button, in px.
OFF_CENTRE = """button => {
    if (getComputedStyle(button).fontSize !== '0px') return 0;
    const middle = one => one.getBoundingClientRect().left + one.getBoundingClientRect().width / 2;
    return Math.abs(middle(button) - middle(button.querySelector('svg')));
}"""
SETTLED = """log => new Promise(settled => {
    let before, same = 0;
    const look = () => {
        same = before === log.scrollTop + log.clientHeight ? same + 1 : 0;
        before = log.scrollTop + log.clientHeight;
        same > 5 ? settled() : requestAnimationFrame(look);
    };
    look();
})"""


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}-text-{size[2]}00%")
def customer(request, browser, bot):
    """A customer whose browser has the text size of this case."""
    width, height, text = request.param
    sized = browser.browser_type.launch(
        executable_path=str(CHROMIUM), args=[*LAUNCH, f"--blink-settings=defaultFontSize={16 * text}"]
    )
    # With a phone's viewport too: only a part of a wider page is visible there.
    made = Customer(
        sized, bot.web_url, viewport={"width": width, "height": height}, has_touch=width < 1000, is_mobile=text == 2
    )
    yield made
    sized.close()
    assert not made.faults, made.faults


def test_the_start_of_the_newest_answer_is_visible(customer, request):
    customer.open()
    found = {"the greeting": customer.log().evaluate("log => [log.scrollTop, log.clientHeight]")}
    assert found["the greeting"][0] == 0
    for name, text in SAID.items():
        customer.say(text)
        customer.log().evaluate(SETTLED)
        found[name] = customer.log().evaluate(START)
    places = ", ".join(f"{name}: {start} of {height} px" for name, (start, height) in found.items())
    print(request.node.callspec.id, places)
    assert {name: where for name, where in found.items() if not 0 <= where[0] < where[1] - 20} == {}
    newer = customer.page.get_by_role("button", name="Voir la suite")
    if newer.is_visible():
        assert newer.evaluate(OFF_CENTRE) < 1
        newer.focus()
        customer.page.keyboard.press("Enter")
        expect(newer).to_be_hidden()
        assert customer.page.evaluate("document.activeElement.shadowRoot?.activeElement?.role") == "log"
    field = customer.page.get_by_label("Votre message")
    expect(field).to_be_in_viewport(ratio=1)
    field.fill("où en est ma commande ?")
    assert field.bounding_box()["width"] > 0.6 * customer.page.get_by_role("dialog").bounding_box()["width"]
    # After closing, the launcher is visible on the shop's page again.
    customer.page.get_by_role("button", name="Fermer la conversation").click()
    expect(customer.page.get_by_role("button", name="Une question")).to_be_in_viewport(ratio=1)
