"""What became of the messages that were acknowledged: in the chat's database, at the bot, and in what it answered."""

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.typography import typeset
from chat.sentences import FAILED, LATE
from harness.processes import Processes
from harness.project import responses

if TYPE_CHECKING:
    from harness.load_clients import Customer


def _sentences(*names: str) -> set[str]:
    """Every wording of these replies, as a customer reads it."""
    return {typeset(wording["text"]) for name in names for wording in responses()[name]}


# To what the crowd asks, « où est mon colis ? ».
ANSWERS = _sentences("utter_where_is_parcel/where")
APOLOGIES = {FAILED} | _sentences("utter_fault", "utter_shop_unavailable")


@dataclass(frozen=True)
class Count:
    """Of customers' messages: acknowledged, in the chat's database, heard by the bot; and what was said to them."""

    acknowledged: int
    stored: int
    told: int
    answered: int
    apologised: int = 0
    lost: int = 0
    twice: int = 0


def all_answered(messages: int) -> Count:
    """So many messages of which each has its true answer, once."""
    return Count(messages, messages, messages, messages)


def count(processes: Processes, customers: "list[Customer]") -> Count:
    """What the chat stored of it, and what the bot was told and said, against what was acknowledged."""
    each = [_count(processes, customer) for customer in customers]
    return Count(*(sum(column) for column in zip(*each, strict=True)))


def _count(processes: Processes, customer: "Customer") -> tuple[int, ...]:
    """The fields of a Count."""
    numbers = [message["seq"] for message in customer.messages]
    assert numbers == list(range(1, len(numbers) + 1)), "a number is missing, or came twice"
    sent = [text for _, text in customer.acknowledged]
    kept = [message["text"] for message in customer.messages if message["from"] == "customer"]
    heard = processes.rasa_messages(customer.conversation)
    said = [_said(customer, seq) for seq, _ in customer.acknowledged]
    return (
        len(sent),
        len(kept),
        len(heard),
        sum(any(text in ANSWERS for text in answer) for answer in said),
        sum(any(text in APOLOGIES for text in answer) for answer in said),
        sum(text not in kept or text not in heard for text in sent),
        sum(max(kept.count(text), heard.count(text)) > 1 for text in sent) + sum(map(_twice, said)),
    )


def _said(customer: "Customer", seq: int) -> list[str]:
    """What the bot says between this message and the customer's next one, but for the word that it takes longer."""
    following = [message for message in customer.messages if message["seq"] > seq]
    said = takewhile(lambda message: message["from"] == "bot", following)
    return [message["text"] for message in said if message["text"] != LATE]


def _twice(answer: list[str]) -> bool:
    """The same words, or the same in other words."""
    return len(set(answer)) < len(answer) or sum(text in ANSWERS for text in answer) > 1
