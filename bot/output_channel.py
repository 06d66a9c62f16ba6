"""The replies in the format of the private channel: text, buttons and card."""

from typing import Any, NotRequired, TypedDict

from rasa.core.channels.channel import OutputChannel

from bot.typography import typeset

CHANNEL = "chat"


class Reply(TypedDict):
    """`text` may contain **bold**, lists and links; `card` is one of actions/orders.py or null.

    `handover`: why a person is called (chat.models.HandOverReason).
    """

    text: str
    buttons: list[dict[str, str]]
    card: dict[str, Any] | None
    handover: NotRequired[str]


class CollectingOutputChannel(OutputChannel):
    """Collects the replies of one turn."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.replies.append(_reply(message.get("text"), message.get("buttons"), message.get("custom")))


def from_bot_uttered(event: dict[str, Any]) -> Reply:
    """The reply of this stored event."""
    data = event.get("data") or {}
    return _reply(event.get("text"), data.get("buttons"), data.get("custom"))


def _reply(text: str | None, buttons: list[dict[str, str]] | None, custom: dict[str, Any] | None) -> Reply:
    pressed = [{"title": typeset(button["title"]), "payload": button["payload"]} for button in buttons or []]
    reply: Reply = {"text": text or "", "buttons": pressed, "card": (custom or {}).get("card")}
    if custom and custom.get("handover"):
        reply["handover"] = custom["handover"]
    return reply
