"""The look of a conversation: turns, choices, states. Rare answers are faked."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from harness.contacts import NATIONAL_PHONE
from shop.contacts import PHONE, PHONE_URI, SUPPORT_EMAIL
from tests.browser.test_accessibility import RUN
from tests.browser.test_where_the_eye_lands import SETTLED, START

pytestmark = pytest.mark.processes

PERSON = "Parler à un conseiller"
CONTACTS = f"Par téléphone au {PHONE}, ou par e-mail à {SUPPORT_EMAIL}."


def bot(seq, text, *buttons, **fields):
    offered = [{"id": f"{seq}-{title}", "title": title} for title in buttons]
    at = f"2026-11-23T10:00:0{seq}.000+00:00"
    return {"seq": seq, "at": at, "from": "bot", "text": text, "buttons": offered, "card": None} | fields


def streamed(customer, *messages, **state):
    """Fake a stream that sends these messages after the customer's own first message."""
    events = [f"id: {message['seq']}\ndata: {json.dumps(message)}\n\n" for message in messages]
    events.append(f"event: state\ndata: {json.dumps(state)}\n\n")
    customer.page.unroute("**/chat/v1/stream*")
    customer.page.route(
        "**/chat/v1/stream*", lambda route: route.fulfill(body="".join(events), content_type="text/event-stream")
    )


def test_a_turn_has_one_time_and_the_contacts_are_whole_links(customer):
    streamed(customer, bot(2, "Bien sûr."), bot(3, CONTACTS), bot(4, "مرحبا"), answered=1, typing=False)
    customer.open()
    customer.write("où vous joindre ?")
    replies = customer.page.locator(".said .bot")
    expect(replies).to_have_count(3)
    expect(replies.locator("time:visible")).to_have_count(1)
    phone = replies.get_by_role("link", name=NATIONAL_PHONE)
    expect(phone).to_have_attribute("href", PHONE_URI)
    for whole in (
        phone,
        replies.get_by_role("link", name=SUPPORT_EMAIL),
        replies.get_by_text("e-mail"),
    ):
        assert whole.evaluate("one => one.getClientRects().length") == 1
    assert replies.last.locator(".bubble p").evaluate("one => getComputedStyle(one).direction") == "rtl"


# The lines of a bubble, each with the texts on it.
LINES = """bubble => {
    const lines = {}, texts = document.createTreeWalker(bubble, NodeFilter.SHOW_TEXT), range = document.createRange();
    for (let text; (text = texts.nextNode()); ) [...text.data].forEach((sign, at) => {
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        const { bottom } = range.getBoundingClientRect();
        lines[Math.round(bottom)] = (lines[Math.round(bottom)] ?? '') + sign;
    });
    return Object.values(lines);
}"""


def test_no_line_break_separates_punctuation_from_its_word(customer):
    reply = (
        f"Cliquez sur « J'ai oublié mon mot de passe ? ». Écrivez à {SUPPORT_EMAIL}. Par téléphone au {PHONE}\u00a0: "
        "ligne ouverte. Depuis votre commande (« Contacter le vendeur »)."
    )
    streamed(customer, bot(2, reply), answered=1, typing=False)
    customer.open()
    customer.write("mot de passe ?")
    bubble = customer.page.locator(".said .bot .bubble")
    expect(bubble).to_contain_text("Écrivez")
    for width in range(300, 400, 4):
        customer.page.set_viewport_size({"width": width, "height": 740})
        lines = bubble.evaluate(LINES)
        assert [line for line in lines if re.search(r"^\s*[.,:;)]|\(\s*$|^\W*$", line)] == [], width


def test_choices_stay_under_their_question_until_it_is_answered(customer):
    streamed(
        customer,
        bot(2, "Quel produit ?", "Un téléphone", PERSON),
        bot(3, "Quelle commande ?", "Je ne l’ai pas", PERSON),
        answered=1,
        typing=False,
    )
    customer.open()
    customer.write("bonjour")
    groups = customer.page.get_by_role("group", name="Réponses proposées")
    expect(groups).to_have_count(2)
    of_question = ".said .message[data-seq='%d'] .choice"
    assert customer.page.locator(of_question % 2).all_inner_texts() == ["Un téléphone"]
    assert customer.page.locator(of_question % 3).all_inner_texts() == ["Je ne l’ai pas", PERSON]
    expect(customer.page.get_by_role("button", name=PERSON)).to_have_count(1)
    choices, next_bubble = groups.first.bounding_box(), customer.page.locator(".said .bot .bubble").last.bounding_box()
    assert next_bubble["y"] - choices["y"] - choices["height"] >= 12
    streamed(customer, answered=1, typing=False)
    customer.write("un téléphone")
    expect(groups).to_have_count(0)
    expect(customer.page.get_by_role("button", name=PERSON)).to_have_count(1)


def test_the_delay_notice_is_shown_as_a_state_until_the_answer_arrives(customer):
    late = bot(2, "Votre message est bien arrivé, mais ma réponse prend plus de temps que prévu.", notice="late")
    streamed(customer, late, answered=0, typing=True)
    customer.open()
    customer.write("bonjour")
    expect(customer.status()).to_contain_text("plus de temps que prévu")
    expect(customer.status().get_by_role("link")).to_have_count(2)
    streamed(customer, bot(3, "Bonjour !"), answered=1, typing=False)
    expect(customer.log()).to_contain_text("Bonjour !")
    expect(customer.status()).to_have_text("")
    assert [who for who, _ in customer.said()] == ["customer", "bot"]


def test_a_long_message_of_ones_own_is_clipped_and_can_be_read(customer):
    customer.open()
    words = "Je vous raconte toute mon histoire. " * 30
    customer.say(words.strip())
    bubble = customer.page.locator(".said .customer .bubble")
    clipped = bubble.bounding_box()["height"]
    more = customer.page.get_by_role("button", name="Afficher tout")
    more.click()
    assert bubble.bounding_box()["height"] > 2 * clipped
    customer.page.get_by_role("button", name="Réduire").click()
    assert bubble.bounding_box()["height"] == clipped


def test_the_state_is_cleared_when_the_customer_writes_again(customer):
    customer.open()
    customer.say("bonjour")
    customer.write("ma carte 4111 1111 1111 1111")
    expect(customer.status()).to_contain_text("a été masqué")
    customer.say("merci")
    expect(customer.status()).to_have_text("")
    expect(customer.log()).not_to_contain_text(re.compile("masqué avant"))


def test_a_lead_in_is_shown_as_a_heading_of_the_answer_after_it(customer):
    lead = bot(3, "Et pour votre autre question (« Être remboursé ») :")
    streamed(customer, bot(2, "Voici."), lead, bot(4, "Sous 30 jours."), answered=1, typing=False)
    customer.open()
    customer.write("deux questions")
    bubbles = customer.page.locator(".said .bot .bubble")
    expect(bubbles).to_have_count(3)
    expect(bubbles.nth(1)).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_the_text_does_not_repeat_what_the_card_shows(customer):
    customer.open()
    customer.say("où est mon colis PX48207264 camille.durand@example.com")
    message = customer.page.locator(".said .bot").last
    expect(message.get_by_text("8R00482072641")).to_have_count(1)
    expect(message.locator(".bubble")).to_contain_text("« Expédiée »")
    expect(message.locator(".bubble .card")).to_have_count(0)


ORDER = {
    "kind": "order",
    "number": "PX48207264",
    "status": "shipped",
    "placed_on": "2026-11-20",
    "tracking_number": "8R00482072641",
    "withdrawal": {"state": "open", "last_day": "2099-12-01"},
}


def test_a_card_is_shown_again_only_if_it_has_changed(customer):
    number = "Son numéro de suivi est 8R00482072641. "
    streamed(
        customer,
        bot(2, number + "Première réponse.", card=ORDER),
        bot(3, number + "Deuxième réponse.", card=ORDER),
        bot(4, "Livrée.", card=ORDER | {"delivered_on": "2026-11-23"}),
        answered=1,
        typing=False,
    )
    customer.open()
    customer.write("mon colis")
    cards = customer.page.get_by_role("group", name="Commande PX48207264")
    expect(cards).to_have_count(2)
    bubbles = customer.page.locator(".said .bot .bubble")
    expect(bubbles.nth(0)).not_to_contain_text("8R00482072641")
    expect(bubbles.nth(1)).to_contain_text("8R00482072641")  # beside no card
    assert customer.page.locator("[aria-live=polite]").inner_text().count("Une fiche de commande") == 2
    customer.page.evaluate(Axe().axe_script)
    assert customer.page.evaluate(RUN, {"runOnly": ["landmark-unique"]}) == []


# JavaScript: the horizontal middle of a step's dot and of the line below it, in px from the step's left edge.
MIDDLES = """step => ['::before', '::after'].map(part => {
    const { left, width, boxSizing, borderLeftWidth } = getComputedStyle(step, part);
    return parseFloat(left) + parseFloat(width) / 2 + (boxSizing === 'border-box' ? 0 : parseFloat(borderLeftWidth));
})"""


def test_the_line_of_a_cards_steps_is_in_the_middle_and_its_date_is_text(customer):
    streamed(customer, bot(2, "Voici.", card=ORDER), answered=1, typing=False)
    customer.open()
    customer.write("mon colis")
    dot, line = customer.page.locator(".steps li").first.evaluate(MIDDLES)
    assert dot == line
    date = customer.page.locator(".withdrawal time")
    same = "(one, name) => getComputedStyle(one)[name] === getComputedStyle(one.parentElement)[name]"
    assert date.evaluate(same, "color")
    assert date.evaluate(same, "fontSize")


def test_nobody_reads_a_long_address_letter_by_letter(customer):
    address = "https://www.laposte.fr/outils/suivre-vos-envois?code=8R00482072641"
    streamed(customer, bot(2, f"À suivre ici : {address}"), answered=1, typing=False)
    customer.open()
    customer.write("le suivi ?")
    link = customer.page.locator(".said .bot").get_by_role("link")
    expect(link).to_have_text("www.laposte.fr/… (nouvel onglet)")
    expect(link).to_have_attribute("href", address)
    expect(customer.page.locator("[aria-live=polite]")).to_contain_text("À suivre ici : lien")


# JavaScript: makes the log low, then high again between two frames: the browser scrolls it before any ResizeObserver.
LOW_AND_HIGH = """log => new Promise(done => {
    const { style } = log.parentElement.querySelector('.composer');
    const next = act => requestAnimationFrame(() => requestAnimationFrame(act));
    style.paddingBottom = '80px';
    next(() => setTimeout(() => { style.paddingBottom = ''; log.scrollTop; next(done); }));
})"""


def test_a_log_that_gets_low_and_high_again_leaves_the_start_of_its_answer_in_sight(bot, customers):
    customer = customers(bot.web_url, 360, 740)
    customer.open()
    for text in ("bonjour", "où est mon colis PX48207264", "camille.durand@example.com"):
        customer.say(text)
    expect(customer.page.get_by_label("Adresse e-mail")).to_have_count(0)
    customer.log().evaluate(SETTLED)
    customer.log().evaluate(LOW_AND_HIGH)
    expect(customer.page.get_by_role("group", name="Commande PX48207264")).to_be_visible()
    customer.log().evaluate(SETTLED)
    start, height = customer.log().evaluate(START)
    assert 0 <= start < height / 2


def test_the_contacts_are_the_one_way_to_a_person(customer):
    contacts = bot(2, CONTACTS, "Laisser une demande", card={"kind": "contact", "line": "open", "until": ""})
    streamed(customer, contacts, answered=1, typing=False)
    customer.open()
    customer.write("un conseiller")
    card = customer.page.get_by_role("group", name="Service client")
    expect(card.get_by_role("button", name="Laisser une demande")).to_be_visible()
    expect(customer.page.get_by_role("button", name=PERSON)).to_have_count(0)


def test_a_request_that_was_left_ends_the_questions_before_it(customer):
    left = {"kind": "request", "reference": "D-ABCDEF", "email": "a@example.com", "text": "Mon colis"}
    asked = bot(2, "Je joins ce que vous m’avez écrit.", "Envoyer ainsi")
    streamed(customer, asked, bot(3, "C’est noté.", card=left), answered=1, typing=False)
    customer.open()
    customer.write("il manque la télécommande")
    expect(customer.page.get_by_role("group", name="Demande D-ABCDEF")).to_be_visible()
    expect(customer.page.get_by_role("group", name="Réponses proposées")).to_have_count(0)
    expect(customer.page.get_by_role("button", name=PERSON)).to_have_count(0)
