"""The replies in the format of the private channel: text, buttons and card."""

from typing import Any, NotRequired, TypedDict

from rasa.core.channels.channel import OutputChannel

from bot.typography import typeset

CHANNEL = "chat"
# Reply → the value that it asks for. A client may show an input field for it; the bot also accepts it in a sentence.
ASKS = {
    "utter_ask_order_number": "order_number",
    "utter_ask_tradein_number": "tradein_number",
    "utter_ask_email": "email",
    "utter_ask_handover_form_email": "email",
}


class Reply(TypedDict):
    """`text` may contain **bold**, lists and links; `card`: an order's (shop/order_card.py) or an action's, or null.

    `handover`: why a person is called (chat.models.HandOverReason). `asks`: the value that it asks for, one of ASKS.
    `photos`: whether the customer may attach photos.
    """

    text: str
    buttons: list[dict[str, str]]
    card: dict[str, Any] | None
    handover: NotRequired[str]
    asks: NotRequired[str]
    photos: NotRequired[bool]


class CollectingOutputChannel(OutputChannel):
    """Collects the replies of one turn."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.replies.append(_reply(message.get("text"), message, message))


def from_bot_uttered(event: dict[str, Any]) -> Reply:
    """The reply of this stored event."""
    return _reply(event.get("text"), event.get("data") or {}, event.get("metadata") or {})


def _reply(text: str | None, data: dict[str, Any], metadata: dict[str, Any]) -> Reply:
    buttons, custom = data.get("buttons") or [], data.get("custom") or {}
    offered = [{"title": typeset(button["title"]), "payload": button["payload"]} for button in buttons]
    reply: Reply = {"text": text or "", "buttons": offered, "card": custom.get("card")}
    if custom.get("handover"):
        reply["handover"] = custom["handover"]
    if asks := ASKS.get(metadata.get("utter_action") or ""):
        reply["asks"] = asks
    if custom.get("photos"):
        reply["photos"] = True
    return reply
