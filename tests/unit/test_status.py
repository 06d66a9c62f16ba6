import pytest

from shop.models import Order, TradeIn
from shop.rules.tradein import may_cancel
from shop.status import ORDER_TRANSITIONS, TRADEIN_TRANSITIONS, InvalidTransition, OrderStatus, TradeInStatus

MOVES = [
    (model, name, transitions, old, new)
    for model, name, transitions, statuses in [
        (Order, "pending", ORDER_TRANSITIONS, OrderStatus),
        (TradeIn, "not_shipped_tradein", TRADEIN_TRANSITIONS, TradeInStatus),
    ]
    for old in statuses
    for new in statuses
]


@pytest.mark.parametrize(("model", "name", "transitions", "old", "new"), MOVES)
def test_a_status_moves_only_along_the_table(shop, model, name, transitions, old, new):
    stored = model.objects.filter(number=shop[name]["number"])
    stored.update(status=old)
    if new in transitions[old]:
        stored.get().move_to(new)
        assert stored.get().status == new
    else:
        with pytest.raises(InvalidTransition, match=f"{old.label} → {new.label}"):
            stored.get().move_to(new)
        assert stored.get().status == old


def test_a_trade_in_may_be_cancelled_until_it_is_shipped():
    assert {status for status in TradeInStatus if may_cancel(status)} == {TradeInStatus.REGISTERED}


def test_every_status_says_what_may_follow():
    assert set(ORDER_TRANSITIONS) == set(OrderStatus)
    assert set(TRADEIN_TRANSITIONS) == set(TradeInStatus)
