"""Whether the actions can do their work: they need the shop's database."""

import asyncio

from shop.access import ShopUnavailable, acheck

SECONDS = 2


class Unavailable(Exception):
    """Orders cannot be looked up now. Questions that need no order are answered all the same."""


async def check() -> None:
    """Raise Unavailable when the shop's database does not answer within SECONDS."""
    try:
        await asyncio.wait_for(acheck(), SECONDS)
    except (ShopUnavailable, asyncio.TimeoutError) as fault:
        raise Unavailable from fault
