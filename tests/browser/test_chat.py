"""A conversation in the widget: typing, buttons, an order look-up, and the menu."""

import json
import re

import pytest
from playwright.sync_api import expect

from shop.contacts import PHONE_URI, SUPPORT_EMAIL

pytestmark = pytest.mark.processes


def test_asking_choosing_and_the_way_to_a_person(customer):
    customer.open()
    expect(customer.page.get_by_label("Votre message")).to_be_focused()
    customer.page.get_by_role("button", name="Ma facture").click()
    customer.wait_for_answer_to("Ma facture")
    customer.say("bonjour")
    customer.page.get_by_role("group", name="Réponses proposées").get_by_role("button", name="Où est mon colis").click()
    expect(customer.log()).to_contain_text("Mon compte")
    customer.page.get_by_role("button", name="Parler à un conseiller").last.click()
    expect(customer.log().get_by_role("link", name=re.compile("76"))).to_have_attribute("href", PHONE_URI)
    expect(customer.log().get_by_role("link", name=SUPPORT_EMAIL).last).to_be_visible()


def test_choices_are_there_until_the_customer_has_answered(customer):
    customer.open()
    customer.say("bonjour")
    expect(customer.page.get_by_role("group", name="Réponses proposées")).to_have_count(1)
    expect(customer.log().get_by_role("button", name="Mon produit est en panne")).to_have_count(1)
    customer.say("jai pa resu mn coli")
    expect(customer.log().get_by_role("button", name="Mon produit est en panne")).to_have_count(0)


TWICE = "one => { one.click(); one.click() }"


def test_a_double_click_sends_once(customer):
    customer.open()
    customer.say("bonjour")
    held = []
    customer.page.route("**/chat/v1/messages", lambda route: held.append(route))
    choices = customer.page.get_by_role("group", name="Réponses proposées")
    with customer.page.expect_request("**/chat/v1/messages"):
        choices.get_by_role("button", name="Où est mon colis").evaluate(TWICE)
    expect(customer.page.locator(".waiting .message")).to_have_count(1)
    expect(choices).to_have_count(0)
    held[0].continue_()
    customer.page.unroute("**/chat/v1/messages")
    expect(customer.log()).to_contain_text("Mon compte")
    customer.page.locator(".person button").evaluate(TWICE)
    customer.wait_for_answer_to("Je voudrais parler à un conseiller")
    expect(customer.page.locator(".waiting .message")).to_have_count(0)
    assert [who for who, _ in customer.said()].count("customer") == 3


def test_the_choices_reappear_when_the_message_written_instead_is_discarded(customer):
    customer.open()
    customer.say("bonjour")
    choices = customer.page.get_by_role("group", name="Réponses proposées")
    customer.context.set_offline(True)
    customer.write("où est mon colis ?")
    expect(choices).to_have_count(0)
    customer.page.get_by_role("button", name="Supprimer").click()
    expect(choices).to_have_count(1)
    customer.context.set_offline(False)


def test_a_look_up_shows_the_order_as_a_card(customer):
    customer.open()
    customer.say("où est mon colis PX48207264")
    customer.say("camille.durand@example.com")
    card = customer.page.get_by_role("group", name="Commande PX48207264")
    expect(card).to_contain_text("Aspirateur robot Roborock Q7")
    expect(card.get_by_role("listitem").filter(has_text="Expédiée")).to_have_attribute("aria-current", "step")
    expect(card.get_by_role("listitem").filter(has_text="Livrée")).to_contain_text("à venir")
    link = card.get_by_role("link", name="Suivre le colis")
    expect(link).to_have_attribute("href", re.compile("^https://www[.]laposte[.]fr/outils/"))
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_labels_and_the_card_lead_to_the_shops_pages(customer):
    page = customer.page
    customer.open()
    customer.say("où est mon colis ?")
    account = customer.log().get_by_role("link", name="Mon compte")
    expect(account).to_have_attribute("href", f"{customer.url}/compte")
    customer.say("où est ma facture ?")
    last = page.locator(".said .message").last
    expect(last.get_by_role("link", name="Mon compte")).to_have_attribute("href", f"{customer.url}/compte")
    customer.say("elle n'y est pas")
    seller = last.get_by_role("link", name="Contacter le vendeur")
    expect(seller).to_have_attribute("href", f"{customer.url}/compte#orders")
    customer.say("j'ai oublié mon mot de passe")
    expect(customer.log().get_by_role("link", name="J'ai oublié mon mot de passe ?")).to_be_visible()
    customer.say("où est mon colis PX48207264 camille.durand@example.com")
    card = page.get_by_role("group", name="Commande PX48207264")
    for name, part in (("Voir la commande", ""), ("Contacter le vendeur", "#seller"), ("Facture", "#invoice")):
        expect(card.get_by_role("link", name=name)).to_have_attribute("href", f"{customer.url}/compte/PX48207264{part}")
    card.locator("img").evaluate("one => one.decode()")
    customer.say("comment contacter le vendeur ?")
    expect(seller).to_have_attribute("href", f"{customer.url}/compte/PX48207264#seller")
    seller.click()
    expect(page.locator("h1")).to_have_text("Commande PX48207264")


def test_a_delivered_order_counts_the_days_to_withdraw(bot, customer):
    order = next(entry for entry in json.loads(bot.manage("demo", "--json")) if entry["label"] == "delivered_recent")
    customer.open()
    customer.say(f"où est mon colis {order['number']} {order['email']}")
    card = customer.page.get_by_role("group", name=f"Commande {order['number']}")
    until = re.compile(r"Rétractation possible jusqu’au \w+ .+ 20\d\d\s: (il reste \d+\sjours?|c’est le dernier jour)")
    expect(card).to_contain_text(until)


def test_a_deadline_counted_from_a_credit_contract_says_so(bot, customer):
    order = next(entry for entry in json.loads(bot.manage("demo", "--json")) if entry["label"] == "credit_contract")
    customer.open()
    customer.say(f"où est mon colis {order['number']} {order['email']}")
    card = customer.page.get_by_role("group", name=f"Commande {order['number']}")
    expect(card).to_contain_text(
        "Avec un contrat de crédit, les 14\u00a0jours se comptent à partir de sa signature, le "
    )


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("mon numéro", "4111 1111 1111 1111"),
        ("mon numéro", "FR76 3000 6000 0112 3456 7890 189"),
        ("mon numéro", "1841275116005 22"),
        ("mon mdp c’est", "Toto1234"),
    ],
)
def test_secrets_do_not_leave_the_browser(customer, words, typed):
    sent = []
    customer.page.on("request", lambda request: sent.append(request.post_data or ""))
    customer.open()
    customer.say("bonjour")
    customer.write(f"{words} {typed}")
    expect(customer.log()).to_contain_text("masqué]")
    expect(customer.status()).to_contain_text("Pour votre sécurité")
    expect(customer.page.locator(".sending")).to_have_count(0)
    everything = "".join(sent) + customer.kept() + customer.log().inner_text()
    assert typed not in everything
    assert re.sub(" ", "", typed) not in everything


def test_a_text_that_masking_makes_too_long_is_not_sent(customer):
    """The placeholder of a card number is longer than the number."""
    customer.open()
    customer.write("x" * 1983 + " 4111111111111111")
    expect(customer.page.get_by_role("status").filter(has_text="trop long de 8\u00a0caractères")).to_be_visible()
    assert customer.said() == []
    customer.write("x" * 1975 + " 4111111111111111")
    expect(customer.page.locator(".said .customer .bubble")).to_contain_text("[numéro de carte masqué]")
    expect(customer.page.locator(".waiting .message")).to_have_count(0)


def test_transcript_rating_and_a_new_conversation(customer):
    customer.open()
    customer.say("bonjour")
    menu = customer.page.get_by_role("button", name="Options de la conversation")
    menu.click()
    with customer.page.expect_download() as download:
        customer.page.get_by_role("button", name="Télécharger la conversation").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "bonjour" in text
    assert "Assistant automatique" in text
    menu.click()
    customer.page.get_by_role("button", name="Donner mon avis").click()
    customer.page.get_by_role("button", name="Non, pas utile").click()
    expect(customer.log()).to_contain_text("votre avis est enregistré")
    customer.page.get_by_label("Un mot de plus").fill("trop long, 4111 1111 1111 1111")
    with customer.page.expect_request("**/chat/v1/rating") as rated:
        customer.page.get_by_role("button", name="Envoyer mon avis").click()
    assert rated.value.post_data_json["comment"] == "trop long, [numéro de carte masqué]"
    expect(customer.page.get_by_label("Un mot de plus")).to_have_count(0)
    menu.click()
    customer.page.get_by_role("button", name="Nouvelle conversation").click()
    expect(customer.page.locator(".said .message")).to_have_count(0)
    customer.say("bonjour")


def test_erasing_asks_first_and_leaves_nothing(customer):
    customer.open()
    customer.say("bonjour")
    menu = customer.page.get_by_role("button", name="Options de la conversation")
    menu.click()
    customer.page.get_by_role("button", name="Effacer la conversation").click()
    customer.page.get_by_role("button", name="Garder").click()
    assert customer.said()
    customer.erase()
    expect(customer.status()).to_have_text("La conversation est effacée.")
    assert customer.said() == []
    assert "token" not in customer.kept()


def test_the_question_whether_it_helped_leaves_a_reader_where_they_are(bot, customers):
    customer = customers(bot.web_url, height=400)
    customer.page.clock.install()
    customer.page.reload()
    customer.open()
    customer.say("bonjour")
    customer.say("où est mon colis ?")
    newer = customer.page.get_by_role("button", name="Voir la suite")
    scroll_to_the_beginning(customer)
    newer.click()
    expect(newer).to_be_hidden()
    scroll_to_the_beginning(customer)
    customer.page.clock.fast_forward(91_000)
    expect(customer.page.locator(".rating")).to_contain_text("Cette conversation vous a-t-elle été utile")
    assert customer.log().evaluate("one => one.scrollTop") == 0


def test_nobody_is_asked_whether_it_helped_in_the_middle_of_a_matter(bot, customers):
    customer = customers(bot.web_url)
    customer.page.clock.install()
    customer.page.reload()
    customer.open()
    customer.say("bonjour")
    customer.say("où est mon colis PX48207264 ?")
    expect(customer.page.get_by_role("button", name="Annuler")).to_be_visible()
    customer.page.clock.fast_forward(91_000)
    expect(customer.page.locator(".rating")).to_be_hidden()
    customer.say("camille.durand@example.com")
    customer.page.clock.fast_forward(91_000)
    expect(customer.page.locator(".rating")).to_be_visible()
    # The question is asked once: not again later, and not on the next page.
    customer.say("merci")
    expect(customer.page.locator(".rating")).to_be_hidden()
    customer.page.clock.fast_forward(91_000)
    expect(customer.page.locator(".rating")).to_be_hidden()
    customer.page.reload()
    customer.page.clock.fast_forward(91_000)
    expect(customer.page.locator(".rating")).to_be_hidden()


def scroll_to_the_beginning(customer):
    """Scroll twice: after the first time, the log still counts as being at its end."""
    customer.log().hover()
    customer.page.mouse.wheel(0, -5_000)
    expect(customer.page.get_by_role("button", name="Voir la suite")).to_be_visible()
    customer.page.mouse.wheel(0, -5_000)
    log = customer.log().element_handle()
    customer.page.wait_for_function("log => log.scrollTop === 0", arg=log)


ATTACKS = [
    "<img src=x onerror=\"document.title='piraté'\">",
    "<script>document.title='piraté'</script>",
    "[cliquez](javascript:alert(1)) javascript:alert(1) **<b>x</b>**",
    "https://exemple.fr/\"onmouseover=\"document.title='piraté'",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_customer_writes_stays_text(customer, attack):
    customer.open()
    customer.say(attack)
    assert customer.said()[0] == ["customer", attack]
    customer.page.reload()
    expect(customer.log()).to_contain_text(attack)
    assert customer.page.title() != "piraté"
    assert customer.page.locator(".customer a, .customer img").count() == 0


def test_what_the_server_sends_is_text_too_and_no_link_runs_code(customer):
    """Product title, tracking link and reply contain code, as if an attacker had changed them."""
    evil = "<img src=x onerror=\"document.title='piraté'\">"
    message = {
        "seq": 2,  # after the customer's own
        "at": "2026-11-23T10:00:00+00:00",
        "from": "bot",
        "text": f"{evil} javascript:alert(1) data:text/html,x https://ok.example/a?b=1 **{evil}**",
        "buttons": [{"id": "b", "title": evil}],
        "card": dict.fromkeys(("number", "product", "seller", "status", "carrier", "tracking_number"), evil)
        | {"kind": "order", "placed_on": "2026-11-20", "tracking_url": "javascript:document.title='piraté'"}
        | {"withdrawal": {"state": "open", "last_day": "2026-12-01"}},
    }
    event = f"id: 2\ndata: {json.dumps(message)}\n\n"
    customer.page.route("**/chat/v1/stream*", lambda route: route.fulfill(body=event, content_type="text/event-stream"))
    customer.open()
    customer.write("bonjour")
    expect(customer.page.locator(".card")).to_contain_text("onerror")
    targets = customer.log().locator(".bot a").evaluate_all("all => all.map(one => one.href)")
    assert targets == ["https://ok.example/a?b=1"]
    assert customer.page.locator(".log img").count() == 0
    assert customer.page.title() != "piraté"


# URLs that only look like a known carrier's, or are no web addresses.
FALSE_LINKS = [
    "https://suivi.chronopost.fr@pirate.example/x",
    "https://www.chronopost.fr:8443/x",
    "https://www.chronop\u043est.fr/x",
    "https://www.xn--chronopst-u1g.fr/x",
    "https://www.chronopost.fr\\@pirate.example/x",
    "http://www.chronopost.fr/x",
    "javascript:alert(1)//https://www.chronopost.fr/",
]
UNKNOWN = {
    "kind": "order",
    "number": "PX1",
    "status": None,
    "product": "",
    "seller": "",
    "carrier": "",
    "withdrawal": {},
}


def test_a_tracking_link_that_does_not_lead_where_it_seems_is_text(customer):
    """A card of an order with few known values shows only those."""
    cards = [UNKNOWN | {"carrier": "Chronopost", "tracking_url": link} for link in FALSE_LINKS] + [UNKNOWN]
    head = {"at": "2026-11-23T10:00:00+00:00", "from": "bot", "text": "Voici.", "buttons": []}
    messages = [head | {"seq": seq, "card": card} for seq, card in enumerate(cards, 2)]
    body = "".join(f"id: {message['seq']}\ndata: {json.dumps(message)}\n\n" for message in messages)
    customer.page.route("**/chat/v1/stream*", lambda route: route.fulfill(body=body, content_type="text/event-stream"))
    customer.open()
    customer.write("bonjour")
    shown = customer.page.locator(".card")
    expect(shown).to_have_count(len(cards))
    assert shown.locator("a").count() == 0
    assert shown.last.inner_text().split("\n") == ["Commande PX1", "", "L’état exact de la commande n’est pas connu."]


@pytest.mark.parametrize(
    ("number", "pages"),
    [(None, ["", "#orders"]), ("PX48207264", ["/PX48207264#invoice", "/PX48207264#seller"])],
)
def test_a_label_of_an_orders_page_leads_to_the_choice_of_one_until_it_is_known(customer, number, pages):
    message = {"seq": 2, "at": "2026-11-23T10:00:00+00:00", "from": "bot", "buttons": []}
    message["text"] = "« Ma facture », « Contacter le vendeur », « constructor »"
    message["card"] = number and {"number": number}
    body = f"id: 2\ndata: {json.dumps(message)}\n\n"
    customer.page.route("**/chat/v1/stream*", lambda route: route.fulfill(body=body, content_type="text/event-stream"))
    customer.open()
    customer.write("bonjour")
    links = customer.page.locator(".bot .bubble a")
    expect(links).to_have_count(len(pages))
    assert [link.get_attribute("href") for link in links.all()] == [f"{customer.url}/compte{page}" for page in pages]


def test_the_pages_own_policy_lets_only_its_files_run(bot, customer):
    policy = customer.page.evaluate("fetch('/').then(answer => answer.headers.get('content-security-policy'))")
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
