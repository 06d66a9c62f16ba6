"""Looking up an order or a trade-in: which slots it needs, and the replies when nothing matches."""

import logging
import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from prometheus_client import Counter

from actions.base import TopicAction, say_question
from actions.contacts import give_contacts
from actions.topics import is_undocumented
from actions.turn import Turn
from shop import access, clock, formatting
from shop.clock import PARIS
from shop.emails import normalised_email
from shop.numbers import order_number, tradein_number
from shop.records import OrderRecord, TradeInRecord, read_order, read_tradein

CHANGE_OF_MIND = re.compile(
    r"\b(?:en fait|finalement|plutôt|plutot|tout compte fait)\b"
    r"|\bje (?:veux|voulais|voudrais) (?:juste|seulement|simplement) savoir\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\bla premi[èe]re\b(?! fois)", re.IGNORECASE)
_EARLIER = re.compile(r"\bl['’]autre\b|\bla précédente\b|\bcelle d['’]avant\b", re.IGNORECASE)
# Questions whose reply offers a look-up.
OFFERING_LOOKUP = frozenset({
    "where_is_parcel/where", "where_is_parcel/when", "where_is_parcel/contents",
    "track_delivery/carrier", "contact_seller/who",
})  # fmt: skip
Record = TypeVar("Record", OrderRecord, TradeInRecord)

IMPLAUSIBLE = Counter("shop_implausible_records", "Records looked up whose data is missing or implausible", ["defect"])
FAILED = Counter("lookups_failed", "Look-ups whose number and e-mail match no record")
REFUSED = Counter("lookups_refused", "Look-ups that were refused after too many failures")

logger = logging.getLogger("actions")


@dataclass(frozen=True)
class RecordLookup(Generic[Record]):
    """A kind of look-up, of orders or of trade-ins: the slot of its number, its form, and how to find the record."""

    number_slot: str
    form: str
    # Takes the arguments of access.find_order, which counts failures and locks look-ups.
    find: Callable[[str, str, str, str, str], Awaitable[Record]]
    number: Callable[[str], str | None]

    def is_complete(self, turn: Turn) -> bool:
        """Whether number and e-mail are well formed, and this pair has not failed before."""
        number, email = turn.slot(self.number_slot) or "", turn.slot("email") or ""
        return bool(self.number(number) and normalised_email(email)) and not self.was_refused(turn)

    async def record(self, turn: Turn) -> Record:
        """The record of the conversation's number and e-mail. Raises access.NoMatch, Locked or ShopUnavailable."""
        number, email = turn.slot(self.number_slot), turn.slot("email")
        try:
            return await self.find(turn.conversation, number, email, turn.message_id, turn.address)
        except access.NoMatch:
            FAILED.inc()
            raise
        except access.Locked:
            REFUSED.inc()
            raise

    def was_refused(self, turn: Turn) -> bool:
        return turn.slot("refused_lookup") == self.pair(turn)

    def use_earlier(self, turn: Turn) -> bool:
        """« Et dans la première ? »: use a number given earlier; return False if there is none."""
        first = _FIRST.search(turn.message)
        if turn.entity(self.number_slot) or not (first or _EARLIER.search(turn.message)):
            return False
        others = [number for number in turn.values_of(self.number_slot) if number != turn.slot(self.number_slot)]
        if others:
            turn.set(**{self.number_slot: others[0 if first else -1]})
        return bool(others)

    def is_started(self, turn: Turn) -> bool:
        """Whether the customer gave a number or an e-mail in this message."""
        return bool(turn.entity(self.number_slot) or turn.entity("email"))

    def pair(self, turn: Turn) -> str:
        return f"{turn.slot(self.number_slot)} {turn.slot('email')}"

    def ask_which_email(self, turn: Turn) -> bool:
        """Ask which of several e-mails is the order's; False if this message has no second one."""
        if not turn.other_values("email"):
            return False
        turn.set(email=None)
        turn.say("utter_which_email")
        turn.then(self.form)
        return True


async def _find_order(*given: str) -> OrderRecord:
    order = await access.afind_order(*given)
    return _reported(read_order(order, getattr(order, "shipment", None), clock.now()))


async def _find_tradein(*given: str) -> TradeInRecord:
    return _reported(read_tradein(await access.afind_tradein(*given), clock.now()))


def _reported(record: Record) -> Record:
    """Log and count the record's defects, without its number; the console shows them with the conversation."""
    if record.defects:
        logger.warning("an implausible record was looked up: %s", ", ".join(record.defects))
        for defect in record.defects:
            IMPLAUSIBLE.labels(defect).inc()
    return record


ORDER = RecordLookup[OrderRecord]("order_number", "order_form", _find_order, order_number)
TRADEIN = RecordLookup[TradeInRecord]("tradein_number", "tradein_form", _find_tradein, tradein_number)


class LookupTopic(TopicAction, Generic[Record]):
    """A topic in which a record answers some questions better than the FAQ, once its number and e-mail are known."""

    lookup: RecordLookup[Record]
    # Names of the questions that depend on the record; the others have the same answer for every record.
    record_questions: frozenset[str]

    @abstractmethod
    async def answer_record(self, turn: Turn, record: Record, question: str) -> None:
        """Answer the question (named without its topic) for this order or trade-in."""

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if is_undocumented(question) or not self.is_answered_by_record(turn, question):
            say_question(turn, question)
            if turn.form is None:
                turn.set(lookup_question=question)  # if a number follows, it is looked up for this question
            return
        if self.lookup.ask_which_email(turn):
            turn.set(lookup_question=question)
            return
        self.lookup.use_earlier(turn)
        if self.lookup.is_complete(turn):
            await self.look_up(turn, question)
            return
        if turn.form is None:
            await self.require_shop(turn, question)
        started = self.lookup.is_started(turn)
        if not started or turn.form:
            say_question(turn, question)
        if turn.form == self.lookup.form and CHANGE_OF_MIND.search(turn.message):
            turn.set(lookup_question=question)
        if turn.form:
            return  # the form continues, and its look-up is for the question that started it
        turn.set(lookup_question=question, further_numbers=turn.other_values(self.lookup.number_slot))
        if started:
            turn.then(self.lookup.form)  # the form asks for what is missing
        else:
            turn.set(offer="look_up")

    def is_answered_by_record(self, turn: Turn, question: str) -> bool:
        """Whether a record answers this question better than the FAQ."""
        return question.partition("/")[2] in self.record_questions

    async def look_up(self, turn: Turn, question: str) -> None:
        """Look up the record, and others that the message names, and answer for each."""
        record = await self.find(turn, question)
        if record is None:
            return
        turn.set(topic=self.key, question=question, lookup_question=question)
        await self.answer_record(turn, record, question.partition("/")[2])
        further = turn.other_values(self.lookup.number_slot) or turn.slot("further_numbers") or []
        turn.set(further_numbers=None)
        for number in further:
            turn.set(**{self.lookup.number_slot: number})
            other = await self.find(turn, question)
            if other is not None:
                await self.answer_record(turn, other, question.partition("/")[2])

    def say_no_match(self, turn: Turn, question: str) -> None:
        """Send the same reply for every mismatch, and store the pair: the bot does not look it up again by itself."""
        turn.set(refused_lookup=self.lookup.pair(turn), lookup_question=question, offer="look_up")
        turn.say(f"utter_no_match_{self.lookup.form}")

    async def find(self, turn: Turn, question: str) -> Record | None:
        """Look up the record. If there is none, or the look-up is locked, say so and return None."""
        try:
            return await self.lookup.record(turn)
        except access.NoMatch:
            self.say_no_match(turn, question)
        except access.Locked as locked:
            self._say_without_record(turn, question)
            # Round up to the next full minute, so that the lock has expired at the time that the reply names.
            until = locked.until.astimezone(PARIS) + timedelta(seconds=59)
            turn.say("utter_lookup_locked", until=formatting.hour(until))
            give_contacts(turn)
        except access.ShopUnavailable:
            self._say_without_record(turn, question)
            raise
        return None

    async def require_shop(self, turn: Turn, question: str) -> None:
        """Check the database before a look-up is offered or begun; if it is down, send the reply without a record.

        Raises ShopUnavailable.
        """
        try:
            await access.acheck()
        except access.ShopUnavailable:
            self._say_without_record(turn, question)
            raise

    def _say_without_record(self, turn: Turn, question: str) -> None:
        """Say what applies to every order; the question's own reply may offer a look-up, which cannot work now."""
        if question in OFFERING_LOOKUP:
            turn.say("utter_progress_in_account")
        else:
            say_question(turn, question)
