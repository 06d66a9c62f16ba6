"""Replaces Rasa's `rest` channel for development and tests, on loopback. It rejects bad input and always replies.

Rasa's own channel answers 200 and `[]` to an empty message, after a failed action or without a model; puts all messages
without a sender into one conversation; hangs with `?stream=true`; accepts texts of any length; and logs messages that
it could not handle.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import turn_transaction
from bot.tracker_store import TrackerStore, unwrap
from bot.typography import typeset
from shop import json_object
from shop.limits import MAX_MESSAGE_CHARACTERS
from shop.masking import pieces

MAX_SENDER_CHARACTERS = 255

logger = logging.getLogger(__name__)


class BadRequest(Exception):
    """Invalid input. The message says what is wrong."""


class RestOutputChannel(CollectingOutputChannel):
    """Attaches a card to its reply, so that every reply has a text."""

    async def send_custom_json(self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any) -> None:
        self.messages[-1]["custom"] = json_message


class RestChannel(InputChannel):
    """`POST webhook` {"sender", "message"} → a list of replies."""

    @classmethod
    def name(cls) -> str:
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("rest_channel")

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, text = _read(request)
            except BadRequest as fault:
                return response.json({"error": str(fault)}, status=400)
            return response.json(await _answer(request, sender, text, on_new_message))

        return routes


def _read(request: Request) -> tuple[str, str]:
    try:
        body = json_object.parse(request.body)
    except json_object.NotAnObject as fault:
        raise BadRequest(str(fault)) from fault
    sender, text = body.get("sender"), body.get("message")
    if not isinstance(sender, str) or not 0 < len(sender) <= MAX_SENDER_CHARACTERS or "\0" in sender:
        raise BadRequest(f'"sender" is not a string of 1 to {MAX_SENDER_CHARACTERS} characters')
    if not isinstance(text, str):
        raise BadRequest('"message" is not a string')
    # A lone surrogate cannot be encoded in UTF-8, so it could not be stored or sent back.
    return sender, text.encode("utf-8", "replace").decode().replace("\0", "")


async def _answer(
    request: Request, sender: str, text: str, on_new_message: Callable[[UserMessage], Awaitable[Any]]
) -> list[dict[str, Any]]:
    if not text.strip():
        return [_reply(request, sender, "utter_empty_message")]
    if len(text) > MAX_MESSAGE_CHARACTERS:
        return [_reply(request, sender, "utter_message_too_long")]
    collected = RestOutputChannel()
    try:
        text = _masked(unwrap(request.app.ctx.agent.tracker_store), sender, text)
        message = UserMessage(text, collected, sender, input_channel=RestChannel.name())
        await turn_transaction.run(on_new_message, message)
    except Exception as fault:  # the customer gets the apology below; the log gets no text
        logger.error("a message could not be handled: %s", type(fault).__name__)
    return collected.messages or [_reply(request, sender, "utter_fault")]


def _masked(store: TrackerStore, sender: str, text: str) -> str:
    """The text, masked as `chat` would mask it.

    If it completes a number typed in pieces, the earlier pieces are replaced in the store.
    """
    count = pieces.messages_needed(text)
    latest = store.latest_texts(sender, count) if count else {}
    masked, earlier = pieces.mask_next(text, list(latest.values()))
    if earlier:
        store.redact(sender, {[*latest][place]: masked for place in earlier})
    return masked


def _reply(request: Request, sender: str, name: str) -> dict[str, Any]:
    """A reply that is not stored in the conversation."""
    return {"recipient_id": sender, "text": typeset(request.app.ctx.agent.nlg.responses[name][0]["text"])}
