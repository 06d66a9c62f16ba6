"""Looking an order or a trade-in up: what is asked for, what is known, and what is said when nothing matches."""

import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from actions import french
from actions.base import TopicAction
from actions.contacts import give_contacts
from actions.turn import Turn
from shop import access
from shop.clock import PARIS
from shop.emails import normalised_email
from shop.models import Order, TradeIn
from shop.numbers import order_number, tradein_number

CHANGE_OF_MIND = re.compile(r"\b(?:en fait|finalement|plutôt|plutot|tout compte fait)\b", re.IGNORECASE)
Record = TypeVar("Record", Order, TradeIn)


@dataclass(frozen=True)
class Lookup(Generic[Record]):
    """A kind of look-up: the slot of its number, its form, and the door to the shop."""

    number_slot: str
    form: str
    find: Callable[[str, str, str, str], Awaitable[Record]]
    number: Callable[[str], str | None]

    def known(self, turn: Turn) -> bool:
        """Number and e-mail are there and well formed, and this pair was not refused before."""
        number, email = turn.slot(self.number_slot) or "", turn.slot("email") or ""
        return bool(self.number(number) and normalised_email(email)) and not self.refused(turn)

    def refused(self, turn: Turn) -> bool:
        return turn.slot("refused_lookup") == self.pair(turn)

    def begun(self, turn: Turn) -> bool:
        """The customer gave a number or an e-mail in this very message."""
        return bool(turn.given(self.number_slot) or turn.given("email"))

    def pair(self, turn: Turn) -> str:
        return f"{turn.slot(self.number_slot)} {turn.slot('email')}"


ORDER = Lookup[Order]("order_number", "order_form", access.afind_order, order_number)
TRADEIN = Lookup[TradeIn]("tradein_number", "tradein_form", access.afind_tradein, tradein_number)


class LookupTopic(TopicAction, Generic[Record]):
    """A topic that answers from the facts at once, and of one record when its number and e-mail are known."""

    lookup: Lookup[Record]

    @abstractmethod
    async def about_record(self, turn: Turn, record: Record) -> None:
        """Answer for this order or trade-in."""

    async def facts(self, turn: Turn) -> None:
        """Answer without a record."""
        turn.say(f"utter_{self.stem}")

    def answered_by_facts(self, turn: Turn) -> bool:
        """Is this a question to which every order has the same answer?"""
        return False

    async def about(self, turn: Turn) -> None:
        if self.answered_by_facts(turn):
            await self.facts(turn)
            return
        if self.lookup.known(turn):
            await self.look_up(turn)
            return
        await self.facts(turn)
        if turn.form == self.lookup.form and CHANGE_OF_MIND.search(turn.message):
            turn.set(lookup_topic=self.stem)
        if turn.form:
            return  # a question on the way: the look-up goes on for what it was begun for
        turn.set(lookup_topic=self.stem)
        if self.lookup.begun(turn):
            turn.then(self.lookup.form)
        else:
            turn.say(f"utter_offer_{self.lookup.form}")
            turn.set(offer="look_up")

    def tell_no_match(self, turn: Turn) -> None:
        """The one sentence for every mismatch; the pair is kept, so that it is not tried again by itself."""
        turn.set(refused_lookup=self.lookup.pair(turn), lookup_topic=self.stem, offer="look_up")
        turn.say(f"utter_no_match_{self.lookup.form}")

    async def look_up(self, turn: Turn) -> None:
        """Find the record and answer for it."""
        record = await self.find(turn)
        if record is not None:
            turn.set(topic=self.stem, lookup_topic=self.stem)
            await self.about_record(turn, record)

    async def find(self, turn: Turn) -> Record | None:
        """The record; None when there is none to be shown, which is said."""
        number, email = turn.slot(self.lookup.number_slot), turn.slot("email")
        try:
            return await self.lookup.find(turn.conversation, number, email, turn.message_id)
        except access.NoMatch:
            self.tell_no_match(turn)
        except access.Locked as locked:
            await self.facts(turn)
            # To the next full minute: at the one that is said, the lock is over.
            until = locked.until.astimezone(PARIS) + timedelta(seconds=59)
            turn.say("utter_lookup_locked", until=french.hour(until))
            give_contacts(turn)
        except access.ShopUnavailable:
            await self.facts(turn)
            raise
        return None
