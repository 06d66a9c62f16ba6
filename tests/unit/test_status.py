import pytest

from shop.models import Order, TradeIn
from shop.rules.tradein import may_cancel
from shop.status import ORDER_TRANSITIONS, TRADEIN_TRANSITIONS, InvalidTransition, OrderStatus, TradeInStatus


@pytest.mark.parametrize("old", OrderStatus)
@pytest.mark.parametrize("new", OrderStatus)
def test_orders_move_only_along_the_table(shop, old, new):
    number = shop["pending"]["number"]
    Order.objects.filter(number=number).update(status=old)
    order = Order.objects.get(number=number)
    if new in ORDER_TRANSITIONS[old]:
        order.move_to(new)
        assert Order.objects.get(number=number).status == new
    else:
        with pytest.raises(InvalidTransition, match=f"{old.label} → {new.label}"):
            order.move_to(new)
        assert Order.objects.get(number=number).status == old


@pytest.mark.parametrize("old", TradeInStatus)
@pytest.mark.parametrize("new", TradeInStatus)
def test_trade_ins_move_only_along_the_table(shop, old, new):
    number = shop["not_shipped_tradein"]["number"]
    TradeIn.objects.filter(number=number).update(status=old)
    tradein = TradeIn.objects.get(number=number)
    if new in TRADEIN_TRANSITIONS[old]:
        tradein.move_to(new)
        assert TradeIn.objects.get(number=number).status == new
    else:
        with pytest.raises(InvalidTransition):
            tradein.move_to(new)


def test_a_trade_in_may_be_cancelled_until_it_is_shipped():
    assert {status for status in TradeInStatus if may_cancel(status)} == {TradeInStatus.REGISTERED}


def test_every_status_says_what_may_follow():
    assert set(ORDER_TRANSITIONS) == set(OrderStatus)
    assert set(TRADEIN_TRANSITIONS) == set(TradeInStatus)
