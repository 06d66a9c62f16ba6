"""A message as clients receive it. The payloads of buttons and the lease stay on the server."""

from typing import Any

from chat.models import Message


def message_json(message: Message) -> dict[str, Any]:
    return {
        "seq": message.seq,
        "at": message.at.isoformat(timespec="milliseconds"),
        "from": message.sender,
        "text": message.text,
        "buttons": [{"id": button.id, "title": button.title} for button in message.offered],
        "card": message.card,
    }
