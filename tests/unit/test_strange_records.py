"""Records with arbitrary contents: missing and implausible values are left out of every reply."""

import asyncio
import json
import logging
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.lookup_base import ORDER
from actions.lookup_flow import TOPICS
from actions.turn import Turn
from bot.nlg import ReplyGenerator
from bot.typography import typeset
from chat.models import Conversation, Explanation, Message, Sender
from console import contradictions
from console import models as console
from console.indexing.indexer import index_all
from harness.project import ROOT
from shop import clock, formatting
from shop.models import Order, OrderLine, Seller, Shipment, TradeIn
from shop.order_card import card
from shop.records import Defect, read_order, read_tradein
from shop.rules import carriers
from shop.validators import EARLIEST

NOTHING = ["", " ", "-", "NULL", "null", "N/A", "None"]
BRACKETS = "{number} [x|y] 0["
HOSTILE = ["Coque **-90 %** [cliquez](https://promo.example)", "<b>A</b>\n\n- B\u202e\u200b", BRACKETS, "a" * 5000]
HOSTS = {urlsplit(page).hostname for page in carriers.PAGES.values()}
MAX_REPLY, MAX_DAYS_LEFT = 1200, 20
NOVEMBER = datetime(2026, 11, 2, tzinfo=UTC)
# Traces of a missing value in a text.
HOLES = re.compile(r"\b(?:None|NULL|null|N/A|1970|9999)\b|par [.,]|\( ?\)|  | [.,)]|\( |,,|\{\w+\}|«\u00a0\u00a0»")

replies = ReplyGenerator(None, None)
conversation = DialogueStateTracker.from_events("c", [], slots=Domain.load(str(ROOT / "domain.yml")).slots)

texts = st.sampled_from([*NOTHING, *HOSTILE, "Casque Sony", "Atelier d'Art"])
days = st.sampled_from([0, 1, 5, 40]).map(lambda ago: clock.now() - timedelta(days=ago))
extremes = st.sampled_from([datetime.min, datetime.max, datetime(1970, 1, 1)]).map(lambda day: day.replace(tzinfo=UTC))
moments = days | extremes | st.datetimes(timezones=st.just(UTC))
statuses = st.sampled_from(["pending", "validated", "shipped", "cancelled", "lost", "", "NULL"])
lines = st.builds(
    OrderLine, product=texts, quantity=st.integers(-1, 2), personalised=st.booleans(), refurbished=st.booleans()
)
shipments = st.builds(
    Shipment,
    carrier=texts | st.sampled_from(["Chronopost", "GLS"]),
    tracking_number=texts | st.sampled_from(["8R00482072641", "https://pirate.example/12345678"]),
    tracking_url=st.sampled_from(["", "javascript:alert(1)", "https://www.chronopost.fr@pirate.example/"]),
    shipped_at=moments,
    delivered_at=st.none() | moments,
)

tradeins = st.builds(
    TradeIn,
    number=st.just("RP70112233"),
    device=texts,
    status=statuses,
    placed_at=moments,
    shipped_at=st.none() | moments,
)


@st.composite
def records(draw):
    order = Order(
        pk=1,
        number="PX48207264",
        seller=Seller(name=draw(texts)),
        status=draw(statuses),
        placed_at=draw(moments),
        credit_signed_on=draw(st.none() | st.dates() | days.map(clock.paris_date)),
        invoice_available=draw(st.booleans()),
    )
    order._prefetched_objects_cache = {"lines": draw(st.lists(lines, max_size=4)) * draw(st.sampled_from([1, 15]))}
    return read_order(order, draw(st.none() | shipments), clock.now())


def said(topic, record, question):
    """All wordings of the topic's answer to this question about the record."""
    dispatcher = CollectingDispatcher()
    turn = Turn(dispatcher, Tracker("c", {}, {}, [], False, None, {}, "action_listen"))
    asyncio.run(topic.answer_record(turn, record, question))
    for message in dispatcher.messages:
        values = {name: value for name, value in message.items() if name not in ("response", "text", "buttons")}
        for wording in replies._wordings(message["response"], conversation, "chat", values):
            yield wording["text"]


@pytest.mark.slow
@settings(max_examples=60)
@given(records())
def test_no_reply_about_an_order_says_what_is_not_known(record):
    for topic in TOPICS.values():
        if topic.lookup is ORDER:
            for question in sorted(topic.record_questions):
                for text in said(topic, record, question):
                    assert_told_well(text)


def assert_told_well(text):
    assert len(text) <= MAX_REPLY
    assert not HOLES.search(text.replace(BRACKETS, "X")), text
    assert not [mark for mark in ("**", "](", "<") if mark in text], text
    assert {urlsplit(url).hostname for url in re.findall(r"\w+://\S+", text)} <= HOSTS, text
    assert all(one == "\n" or unicodedata.category(one)[0] != "C" for one in text), text
    assert typeset(text) == text, "French typography"
    for wording, day in formatting.dates_in(text):
        assert EARLIEST <= day <= clock.now().date() + timedelta(days=MAX_DAYS_LEFT), wording
    for count in re.findall(r"reste (\d+)", text):
        assert int(count) <= MAX_DAYS_LEFT


@settings(max_examples=200)
@given(records())
def test_no_card_shows_what_is_not_known(record):
    shown = json.loads(json.dumps(card(record)))
    withdrawal = shown.pop("withdrawal")
    for value in shown.values():
        assert value is None or not HOLES.search(value.replace(BRACKETS, "X")), value
        assert value is None or len(value) <= 500
    assert not shown["tracking_url"] or urlsplit(shown["tracking_url"]).hostname in HOSTS
    assert withdrawal["last_day"] is None or date.fromisoformat(withdrawal["last_day"]) >= EARLIEST


@given(tradeins)
def test_no_reply_about_a_trade_in_says_what_is_not_known(tradein):
    record = read_tradein(tradein, clock.now())
    for text in said(TOPICS["tradein_cancellation"], record, "how"):
        assert_told_well(text)


@pytest.fixture
def order(shop):
    return Order.objects.get(number=shop["shipped"]["number"])


@pytest.fixture
def ask(act, shop):
    """The replies about the demo order « shipped »: ask("where_is_parcel/where")."""

    def run(question):
        intent, (number, email) = question.partition("/")[0], (shop["shipped"][key] for key in ("number", "email"))
        action = {"where_is_parcel": "action_parcel", "ask_withdrawal": "action_withdrawal"}[intent]
        return act(action, intent=intent, question=question, slots={"order_number": number, "email": email})

    return run


@pytest.mark.parametrize("status", ["lost", "", "pending", "validated", "cancelled"])
def test_an_order_whose_status_and_shipment_disagree_is_not_said_to_wait(order, ask, status):
    Order.objects.filter(pk=order.pk).update(status=status)
    assert ask("where_is_parcel/where").names == ["utter_parcel_unknown"]
    assert ask("where_is_parcel/when").names == ["utter_parcel_when_unknown"]
    assert ask("ask_withdrawal/how").names == ["utter_withdrawal_unknown"]


@pytest.mark.parametrize("year", [1, 1970, 2099, 9999])
def test_an_impossible_delivery_is_none(order, ask, year):
    Shipment.objects.filter(order=order).update(delivered_at=datetime(year, 12, 31, 23, 59, tzinfo=UTC))
    assert ask("where_is_parcel/where").names == ["utter_parcel_shipped"]
    assert ask("ask_withdrawal/how").names == ["utter_withdrawal_not_delivered"]


def test_of_a_delivery_before_the_shipping_no_deadline_is_computed(order, ask):
    Shipment.objects.filter(order=order).update(delivered_at=order.shipment.shipped_at - timedelta(days=1))
    assert ask("ask_withdrawal/how").names == ["utter_withdrawal_not_delivered"]
    values = ask("where_is_parcel/where")[0][1]
    assert (values["shipped_on"], values["delivered_on"]) == (None, None)


def test_an_impossible_signature_is_no_deadline_from_the_delivery(order, ask):
    Order.objects.filter(pk=order.pk).update(credit_signed_on=date(9999, 1, 1))
    Shipment.objects.filter(order=order).update(delivered_at=clock.now())
    assert ask("ask_withdrawal/how").names == ["utter_withdrawal_unknown"]


def test_of_sixty_products_three_and_the_number_of_others_are_named(order, ask):
    OrderLine.objects.bulk_create(OrderLine(order=order, product=f"Produit {n}") for n in range(59))
    product = ask("where_is_parcel/where")[0][1]["product"]
    assert product == "Aspirateur robot Roborock Q7, Produit 0, Produit 1 et 57 autres produits"


def test_the_log_names_the_defects_and_nobody(order, ask, caplog):
    Shipment.objects.filter(order=order).update(carrier="", tracking_number="NULL")
    with caplog.at_level(logging.WARNING, "actions"):
        ask("where_is_parcel/where")
    (line,) = [entry.getMessage() for entry in caplog.records]
    assert line.endswith("carrier, tracking_number")
    assert order.number not in line


@pytest.mark.parametrize("status", ["shipped", "lost"])
def test_the_team_sees_an_implausible_order(order, status):
    """Also for the order at that time: a date out of Python's range must not make the console fail."""
    Order.objects.filter(pk=order.pk).update(status=status, placed_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
    slots = {"order_number": order.number, "email": order.customer.email}
    turn = console.Turn(pk=1, at=clock.now(), slots=slots, replies=[])
    assert contradictions.order_risks([turn]) == ["implausible_order"]
    assert Defect.DATES in contradictions.orders_of([turn])[1].order.defects


def test_the_conversation_about_an_implausible_order_is_listed_for_review(order, ask):
    Order.objects.filter(pk=order.pk).update(status="lost", placed_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
    replies_given = [
        {"name": name, "text": order.number, "card": values["custom"]["card"]}
        for name, values in ask("where_is_parcel/where")
    ]
    chat = Conversation.objects.create(last_seq=1, answered=1, unindexed=True, expires_at=clock.now())
    message = Message.objects.create(conversation=chat, seq=1, sender=Sender.CUSTOMER, text="où est mon colis")
    turn = {"intent": "where_is_parcel", "confidence": 1.0, "form": "", "replies": replies_given, "actions": []}
    turn |= {"ranking": [], "entities": [], "slots": {"order_number": order.number, "email": order.customer.email}}
    Explanation.objects.create(message=message, data=turn)
    index_all()
    thread = console.Thread.objects.get(chat=chat)
    assert (thread.risks, thread.risky) == (["implausible_order"], True)


def test_a_plausible_order_has_no_defects(order):
    slots = {"order_number": order.number, "email": order.customer.email}
    assert contradictions.order_risks([console.Turn(pk=1, at=clock.now(), slots=slots, replies=[])]) == []


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (OrderLine(product="Coque **-90 %**"), "product"),
        (OrderLine(product="Voir https://promo.example"), "product"),
        (OrderLine(product="NULL"), "product"),
        (OrderLine(product="Coque", quantity=0), "quantity"),
        (Seller(name="Vendeur\u202e"), "name"),
        (Shipment(carrier="<b>UPS</b>"), "carrier"),
        (Shipment(carrier="UPS", tracking_number="https://pirate.example/1"), "tracking_number"),
        (Shipment(carrier="UPS", tracking_url="javascript:alert(1)"), "tracking_url"),
        (Shipment(carrier="Chronopost", tracking_url="https://suivi.chronopost.fr@pirate.example/"), "tracking_url"),
        (Shipment(carrier="UPS", shipped_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC)), "shipped_at"),
        (Shipment(carrier="UPS", shipped_at=NOVEMBER, delivered_at=NOVEMBER - timedelta(days=1)), "delivered_at"),
        (Order(placed_at=datetime(1970, 1, 1, tzinfo=UTC)), "placed_at"),
        (TradeIn(device="a\u200bb"), "device"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_a_form_refuses_such_a_record(record, field):
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    assert field in refused.value.message_dict
