"""A message as clients receive it. The payloads of buttons and the lease stay on the server."""

import uuid
from typing import Any

from chat import activity, photos
from chat.models import Button, Message, Sender
from chat.system_messages import LATE
from chat.updates import Updates


def message_json(message: Message) -> dict[str, Any]:
    optional = {name: value for name in ("author", "asks", "photos") if (value := getattr(message, name))}
    if message.sender == Sender.BOT and message.text == LATE:
        optional["notice"] = "late"
    return optional | {
        "seq": message.seq,
        "at": message.at.isoformat(timespec="milliseconds"),
        "from": message.sender,
        "text": message.text,
        "buttons": [_button_json(button) for button in message.offered],
        "card": message.card,
    }


def _button_json(button: Button) -> dict[str, str]:
    """`opens`: the client lets the customer choose photos, instead of posting the button."""
    return {"id": button.id, "title": button.title} | ({"opens": "photos"} if button.payload == photos.ATTACH else {})


def state_json(conversation: uuid.UUID, found: Updates) -> dict[str, Any]:
    """The state that is sent along with the messages.

    `hidden` and `redacted` only if there is any, `team` only while a person answers or is awaited.
    """
    state: dict[str, Any] = {"answered": found.answered, "typing": found.typing}
    team = (
        {**found.team, **activity.of(conversation, activity.AGENT)}
        if found.team and "agent" in found.team
        else found.team
    )
    optional = {"hidden": found.hidden, "redacted": found.redacted, "team": team}
    return state | {name: value for name, value in optional.items() if value}
