"""Health of the actions: they need the shop's database."""

import asyncio

from shop.access import ShopUnavailable, acheck

SECONDS = 2


class Unavailable(Exception):
    """Orders cannot be looked up at the moment. Questions without an order are still answered."""


async def check() -> None:
    """Raise Unavailable if the shop's database does not answer within SECONDS."""
    try:
        await asyncio.wait_for(acheck(), SECONDS)
    except (TimeoutError, ShopUnavailable) as fault:
        raise Unavailable from fault
