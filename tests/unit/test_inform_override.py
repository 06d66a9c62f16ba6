"""Messages that only give information, alone or as an answer to a form."""

import re

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.inform_override import InformOverride, only_informs
from harness.project import ROOT

SLOTS = Domain.load(str(ROOT / "domain.yml")).slots
SHAPES = {
    "order_number": re.compile(r"PX\d{8}"),
    "tradein_number": re.compile(r"RP\d{8}"),
    "email": re.compile(r"\S+@\S+\.\w+"),
}


def entity(text, value, name="order_number"):
    start = text.index(value)
    return {"entity": name, "value": value, "start": start, "end": start + len(value)}


def entities_of(text):
    return [entity(text, match[0], name) for name, shape in SHAPES.items() for match in shape.finditer(text)]


def read(text, intent, share=0.9, *, events=(), **read_too):
    """The message after the override, given this intent and these previous events."""
    tracker = DialogueStateTracker.from_events("c", list(events), slots=SLOTS)
    data = {"text": text, "entities": entities_of(text), "intent": {"name": intent, "confidence": share}} | read_too
    [message] = InformOverride().process([Message(data)], tracker)
    return message


def asking(slot, form="order_form"):
    return [ActiveLoop(form), SlotSet("requested_slot", slot)]


@pytest.mark.parametrize(
    ("text", "value", "name"),
    [
        ("PX48201937", "PX48201937", "order_number"),
        ("et la PX48201937 ?", "PX48201937", "order_number"),
        ("mon mail c'est a.b@mail.fr merci", "a.b@mail.fr", "email"),
        ("c'est un iPhone", "iPhone", "device_family"),
        ("et pour un Android ?", "Android", "device_family"),
    ],
)
def test_only_information(text, value, name):
    assert only_informs(text, [entity(text, value, name)], unsure=False)


@pytest.mark.parametrize(
    ("text", "value", "name"),
    [
        ("où est PX48201937", "PX48201937", "order_number"),
        ("facture PX48201937", "PX48201937", "order_number"),
        ("mon iPhone ne marche plus", "iPhone", "device_family"),
    ],
)
def test_a_question_about_it_is_more(text, value, name):
    assert not only_informs(text, [entity(text, value, name)], unsure=False)


def test_without_information_there_is_none():
    assert not only_informs("oui", [], unsure=True)


@pytest.mark.parametrize(
    ("text", "expected"), [("tenez PX48201937", True), ("sur les trois articles de PX48201937 il en manque un", False)]
)
def test_an_uncertain_message_with_a_number_and_a_few_words_informs(text, expected):
    assert only_informs(text, [entity(text, "PX48201937")], unsure=True) is expected


@pytest.mark.parametrize(
    ("intent", "found"),
    [
        ("deny", "inform"),
        ("affirm", "inform"),
        ("greet", "inform"),
        ("repair", "inform"),
        ("where_is_parcel", "where_is_parcel"),
    ],
)
def test_a_yes_or_no_or_a_greeting_that_brings_a_number_is_about_the_number(intent, found):
    text = "non, je voulais dire plutôt celle qui est PX48201937"
    assert read(text, intent).get("intent")["name"] == found


@pytest.mark.parametrize(
    ("text", "slot", "form"),
    [
        ("je crois bien que sur la facture il y a PX48201937", "order_number", "order_form"),
        ("normalement la reprise devrait avoir RP48201937 comme numéro", "tradein_number", "tradein_form"),
        ("normalement j'ai dû commander avec a.b@mail.fr", "email", "order_form"),
        ("répondez-moi plutôt sur a.b@mail.fr", "email", "order_form"),
    ],
)
def test_what_a_form_asks_for_is_an_answer_whatever_the_words_around_it(text, slot, form):
    assert read(text, "ask_invoice", events=asking(slot, form)).get("intent")["name"] == "inform"
    assert read(text, "ask_invoice").get("intent")["name"] in {"ask_invoice", "inform"}


def test_what_a_form_does_not_ask_for_is_none():
    text = "je crois bien que sur la facture il y a PX48201937"
    assert read(text, "ask_invoice", events=asking("email")).get("intent")["name"] == "ask_invoice"
    assert read(text, "ask_invoice").get("intent")["name"] == "ask_invoice"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("06 12 34 56 78", "phone"),
        ("+33 6 12 34 56 78", "phone"),
        ("le 12/11/2026", "date"),
        ("commandé le 3 novembre", "date"),
        ("1er mars", "date"),
        ("75017 Paris", "postcode"),
        ("249,99 €", "price"),
        ("ça m'a coûté 250 euros", "price"),
    ],
)
def test_another_number_is_named_as_what_it_is_where_an_orders_is_asked_for(text, kind):
    message = read(text, "out_of_scope", events=asking("order_number"))
    assert message.get("intent")["name"] == "inform"
    assert [(e["entity"], e["value"]) for e in message.get("entities")] == [("other_number", kind)]


@pytest.mark.parametrize("text", ["jorai 1 mail kan c bon", "1 décision svp", "2 nouveaux messages"])
def test_a_word_that_begins_like_a_month_is_no_date(text):
    message = read(text, "out_of_scope", events=asking("order_number"))
    assert (message.get("intent")["name"], message.get("entities")) == ("out_of_scope", [])


def test_another_number_is_named_after_the_offer_to_look_up_and_not_otherwise():
    offered = [SlotSet("offer", "look_up")]
    assert read("06 12 34 56 78", "out_of_scope", events=offered).get("intent")["name"] == "inform"
    for events in ((), asking("email"), asking("handover_text", "handover_form")):
        message = read("06 12 34 56 78", "out_of_scope", events=events)
        assert (message.get("intent")["name"], message.get("entities")) == ("out_of_scope", [])


def test_a_question_that_names_a_date_stays_a_question_while_a_number_is_asked_for():
    text = "et est-ce que je peux encore me rétracter si j'ai reçu le colis le 12/11 ?"
    assert read(text, "ask_withdrawal", events=asking("order_number")).get("intent")["name"] == "ask_withdrawal"


def test_an_address_with_an_order_number_is_no_change_of_address():
    text = "mon adresse mail de la commande PX48201937 reste donc a.b@mail.fr"
    assert read(text, "update_personal_info").get("intent")["name"] == "inform"
    text = "je veux changer mon adresse pour a.b@mail.fr"
    assert read(text, "update_personal_info").get("intent")["name"] == "update_personal_info"


def test_a_trade_ins_number_is_about_a_trade_in():
    text = "où est passée la RP48201937 que vous deviez traiter"
    assert read(text, "where_is_parcel").get("intent")["name"] == "inform"
    assert read(text, "cancel_tradein").get("intent")["name"] == "cancel_tradein"
    price = {"question": "out_of_scope/tradein_price"}
    assert read("où est ma reprise RP48201937", "out_of_scope", **price).get("intent")["name"] == "inform"
    for text in ("combien pour ma reprise RP48201937", "le paiement de la RP48201937 ?"):
        assert read(text, "out_of_scope", **price).get("intent")["name"] == "out_of_scope"
    assert read("vous recrutez ? RP48201937", "out_of_scope").get("intent")["name"] == "out_of_scope"


def test_a_question_about_the_maker_s_account_is_not_only_a_device():
    text = "et le compte Samsung ?"
    asked = {"question": "unlock_account_device/samsung", "entities": [entity(text, "Samsung", "device_family")]}
    assert read(text, "unlock_account_device", 1.0, **asked).get("intent")["name"] == "unlock_account_device"
    assert (
        read("Samsung", "unlock_account_device", 1.0, entities=[entity("Samsung", "Samsung", "device_family")]).get(
            "intent"
        )["name"]
        == "inform"
    )
