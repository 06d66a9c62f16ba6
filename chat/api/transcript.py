"""The conversation as a text file for the customer."""

from collections.abc import Iterable

from chat.models import Message, Sender
from shop import formatting
from shop.unicode import NO_BREAK

WHO = {Sender.CUSTOMER: "Vous", Sender.BOT: "Assistant automatique", Sender.AGENT: "Conseiller"}


def transcript(messages: Iterable[Message]) -> str:
    """One paragraph per message, with its time in Paris."""
    return "Conversation avec Pixmania\n\n" + "\n".join(_paragraph(message) for message in messages)


def _paragraph(message: Message) -> str:
    who = message.author or WHO[Sender(message.sender)]
    heading = f"{formatting.short_datetime(message.at)} — {who}{NO_BREAK}:"
    offered = [f"[{button.title}]" for button in message.offered]
    return "\n".join([heading, message.text, *([" ".join(offered)] if offered else [])]) + "\n"
