"""An order with implausible values, through the real processes."""

import pytest

from harness.chat_client import ChatClient

EMAIL = "etrange@example.com"
NUMBERS = {"lost": "PX90000001", "shipped": "PX90000002"}
CREATE = f"""
from datetime import UTC, datetime
from shop.models import Customer, Order, OrderLine, Seller, Shipment

last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
owner, _ = Customer.objects.get_or_create(email="{EMAIL}")
for status, number in {NUMBERS}.items():
    seller, _ = Seller.objects.get_or_create(name="NULL")
    order = Order.objects.create(number=number, customer=owner, seller=seller, status=status, placed_at=last)
    OrderLine.objects.create(order=order, product="Coque **-90 %** [cliquez](https://promo.example) 0[")
    Shipment.objects.create(
        order=order, carrier="", shipped_at=datetime(1970, 1, 1, tzinfo=UTC), delivered_at=last,
        tracking_number="https://pirate.example/12345678", tracking_url="https://www.chronopost.fr@pirate.example/",
    )
"""
DELETE = f"""
from shop.models import Customer, Order, Seller
Order.objects.filter(number__in={list(NUMBERS.values())}).delete()
Customer.objects.filter(email="{EMAIL}").delete()
Seller.objects.filter(name="NULL").delete()
"""


@pytest.fixture
def strange_orders(bot):
    bot.manage("shell", "-c", CREATE)
    yield NUMBERS
    bot.manage("shell", "-c", DELETE)


def test_a_strange_order_gets_a_correct_answer(bot, strange_orders):
    for status, number in strange_orders.items():
        customer = ChatClient(bot.web_url).open()
        replies = customer.say(f"où est mon colis {number} {EMAIL}")
        card = replies[0]["card"]
        assert (card["status"], card["tracking_url"], card["seller"]) == (None if status == "lost" else status, "", "")
        replies += customer.say("je peux encore me rétracter ?")
        shown = " ".join(reply["text"] for reply in replies)
        assert f"{number} (Coque ∗∗-90\u00a0%∗∗ [cliquez] (promo.example) 0[)" in shown
        assert not [word for word in ("9999", "1970", "NULL", "pirate", "http", "None", "{", "par .") if word in shown]
