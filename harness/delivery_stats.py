"""Compares the acknowledged messages with the chat's database, the bot's database and the answers."""

from dataclasses import dataclass
from itertools import takewhile

from chat.system_messages import LATE
from harness.load_clients import Customer
from harness.processes import Processes
from harness.replies import ANSWERS, APOLOGIES


@dataclass(frozen=True)
class DeliveryStats:
    """Numbers of customers' messages: acknowledged, stored by the chat, received by the bot, answered."""

    acknowledged: int
    stored: int
    received: int
    answered: int
    apologised: int = 0
    lost: int = 0
    duplicates: int = 0


def all_answered(messages: int) -> DeliveryStats:
    """The expected stats if each of this many messages is answered correctly, exactly once."""
    return DeliveryStats(messages, messages, messages, messages)


def delivery_stats(processes: Processes, customers: list[Customer]) -> DeliveryStats:
    """Count the messages of all customers. `lost`: acknowledged, but not stored or not received by the bot."""
    each = [_count(processes, customer) for customer in customers]
    return DeliveryStats(*(sum(column) for column in zip(*each, strict=True)))


def _count(processes: Processes, customer: Customer) -> tuple[int, ...]:
    """The fields of a DeliveryStats."""
    numbers = [message["seq"] for message in customer.messages]
    assert numbers == list(range(1, len(numbers) + 1)), "a message number is missing, or was received twice"
    sent = [text for _, text in customer.acknowledged]
    kept = [message["text"] for message in customer.messages if message["from"] == "customer"]
    received = processes.rasa_messages(customer.conversation)
    said = [_said(customer, seq) for seq, _ in customer.acknowledged]
    return (
        len(sent),
        len(kept),
        len(received),
        sum(any(text in ANSWERS for text in answer) for answer in said),
        sum(any(text in APOLOGIES for text in answer) for answer in said),
        sum(text not in kept or text not in received for text in sent),
        sum(max(kept.count(text), received.count(text)) > 1 for text in sent) + sum(map(_is_repeated, said)),
    )


def _said(customer: Customer, seq: int) -> list[str]:
    """The bot's messages between message `seq` and the customer's next one, without delay notices."""
    following = [message for message in customer.messages if message["seq"] > seq]
    said = takewhile(lambda message: message["from"] == "bot", following)
    return [message["text"] for message in said if message["text"] != LATE]


def _is_repeated(answer: list[str]) -> bool:
    """Whether the answer was given twice, in any wording."""
    return len(set(answer)) < len(answer) or sum(text in ANSWERS for text in answer) > 1
