"""The private HTTP channel between `chat` and the bot.

It checks a shared secret, reports failures by their status code, and handles a message that is sent twice only once.

    POST /webhooks/chat/messages {"conversation", "message_id", "text" or "payload", "address": keyed hash, optional}
                                                  → 200 {"replies": [Reply, …], "explanation": Explanation or null}
    GET /webhooks/chat/conversations/<id>/explanations                → 200 {"explanations": {message id: Explanation}}
    POST /webhooks/chat/conversations/<id>/redactions {"texts": {message id: new text}} → 200 {"redacted": events}
    DELETE /webhooks/chat/conversations/<id>                          → 200 {"erased": events}
    POST /webhooks/chat/model {"sha256": of a version, or null for the installed model} → 200 {"model": its SHA-256}
                              or 409: it cannot be loaded, and the current model keeps serving
    GET /webhooks/chat/health                     → 200 {"status", "model": its SHA-256} or 503
    GET /webhooks/chat/metrics                    → 200, for Prometheus

Errors are {"error": reason}: 400 format, 401 secret, 413 size, 503 if a dependency is unavailable (nothing was stored,
so the message may be sent again), otherwise 500.
"""

import asyncio
import gc
import hmac
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypedDict

from django.conf import settings
from django.db import DatabaseError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from actions import health as actions
from bot import metrics, model_checksum, patches, swap, turn_transaction, versions
from bot.explanation import Explanation
from bot.output_channel import CHANNEL, CollectingOutputChannel, Reply
from bot.tracker_store import TrackerStore, unwrap
from bot.typography import typeset
from shop import json_object
from shop.limits import MAX_MESSAGE_CHARACTERS
from shop.masking import mask

# Both limits exceed MAX_MESSAGE_CHARACTERS, of which the pipeline reads no more: masking may lengthen a message, and
# JSON encodes an emoji in twelve bytes.
MAX_TEXT_LENGTH, MAX_BODY_BYTES = 5 * MAX_MESSAGE_CHARACTERS, 64 * 1024
# Sanic reads the whole body before it calls a handler; its default limit is 100 MB. This one applies to `rest`
# (bot/rest.py) too.
MAX_RECEIVED_BYTES = 2 << 20
RETRY_SECONDS = 2.0
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PAYLOAD = re.compile(r"/[a-z_]+(\{.*\})?")
# Leading characters that are no letters or digits: Rasa reads a slash after them as the start of a command too.
_LEADING = re.compile(r"^[\W_]+")

logger = logging.getLogger(__name__)


class Answer(TypedDict):
    """What `chat` stores for a turn."""

    replies: list[Reply]
    explanation: Explanation | None


class RequestRefused(Exception):
    """An error response: the HTTP status and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class ChatChannel(InputChannel):
    """The channel through which `chat` talks to the bot."""

    def __init__(self, secret: str, *fallbacks: str) -> None:
        """`fallbacks`: former secrets, which are still accepted while the secret is being replaced."""
        self._accepted = [f"Bearer {one}".encode() for one in (secret, *fallbacks)]
        self._running: dict[tuple[str, str], asyncio.Task[Answer]] = {}
        # The SHA-256 of the loaded model; the installed file may have been replaced since.
        self._model = versions.served or model_checksum.digest(model_checksum.model_path())
        self._changing = asyncio.Lock()

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "ChatChannel":
        return cls(settings.BOT_SECRET, *settings.BOT_SECRET_FALLBACKS)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("chat_channel")

        @routes.after_server_start
        async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            patches.apply_patches(app.ctx.agent)
            app.config.REQUEST_MAX_SIZE = MAX_RECEIVED_BYTES
            if app.ctx.agent.is_ready():
                # Warm up: some parts load at the first message, which takes seconds.
                await app.ctx.agent.parse_message("bonjour")
            # Exclude the objects loaded so far from garbage collection: they stay as long as the model serves.
            gc.collect()
            gc.freeze()
            if versions.live_unknown:
                app.add_task(self._load_live_version(app.ctx.agent))

        @routes.exception(RequestRefused)
        async def refused(request: Request, refusal: RequestRefused) -> HTTPResponse:
            return response.json({"error": str(refusal)}, status=refusal.status)

        @routes.exception(SQLAlchemyError)
        async def store_unavailable(request: Request, fault: SQLAlchemyError) -> HTTPResponse:
            return response.json({"error": "the tracker store is unavailable"}, status=503)

        @routes.exception(SanicException)
        async def server_error(request: Request, fault: SanicException) -> HTTPResponse:
            # An error of the server itself, for example a disconnected client.
            return response.json({"error": type(fault).__name__}, status=fault.status_code)

        @routes.exception(Exception)
        async def failed(request: Request, fault: Exception) -> HTTPResponse:
            # Without the exception's text, which could contain the customer's words.
            logger.error("a message could not be handled: %s", type(fault).__name__)
            return response.json({"error": type(fault).__name__}, status=500)

        @routes.route("/health", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            _ready_store(request).check()
            try:
                await actions.check()
            except actions.Unavailable as fault:
                raise RequestRefused(503, "the shop's database is unavailable") from fault
            return response.json({"status": "ok", "model": self._model})

        @routes.route("/metrics", methods=["GET"])
        async def metrics_page(request: Request) -> HTTPResponse:
            return response.raw(generate_latest(), content_type=CONTENT_TYPE_LATEST)

        @routes.route("/model", methods=["POST"])
        async def change_model(request: Request) -> HTTPResponse:
            self._check_secret(request)
            async with self._changing:
                self._model = await _loaded(request.app.ctx.agent, _wanted_version(request))
            return response.json({"model": self._model})

        @routes.route("/messages", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            self._check_secret(request)
            store = _ready_store(request)
            answer = await self._handle_once(store, _read(request), on_new_message)
            return response.json(answer if answer["replies"] else _apology(request, answer))

        @routes.route("/conversations/<conversation:str>/explanations", methods=["GET"])
        async def explain(request: Request, conversation: str) -> HTTPResponse:
            self._check_secret(request)
            return response.json({"explanations": _ready_store(request).explanations(conversation)})

        @routes.route("/conversations/<conversation:str>/redactions", methods=["POST"])
        async def redact(request: Request, conversation: str) -> HTTPResponse:
            self._check_secret(request)
            texts = _redactions(request)
            await self._wait_for_turns(conversation)
            return response.json({"redacted": _ready_store(request).redact(conversation, texts)})

        @routes.route("/conversations/<conversation:str>", methods=["DELETE"])
        async def erase(request: Request, conversation: str) -> HTTPResponse:
            self._check_secret(request)
            await self._wait_for_turns(conversation)
            return response.json({"erased": _ready_store(request).erase(conversation)})

        return routes

    def _check_secret(self, request: Request) -> None:
        sent = request.headers.get("authorization", "").encode()
        if not any(hmac.compare_digest(sent, accepted) for accepted in self._accepted):
            raise RequestRefused(401, "the secret is wrong")

    async def _load_live_version(self, agent: Agent) -> None:
        """Load the live version as soon as the database answers; it was unavailable at the start."""
        while versions.live_unknown:
            try:
                sha256 = await asyncio.to_thread(swap.live_version)
                versions.live_unknown = False
            except DatabaseError:
                await asyncio.sleep(RETRY_SECONDS)
        if sha256 and sha256 != self._model:
            async with self._changing:
                with suppress(RequestRefused):
                    self._model = await _loaded(agent, sha256)

    async def _handle_once(self, store: TrackerStore, message: UserMessage, handle: turn_transaction.Handler) -> Answer:
        """The answer to this message: from a running turn, from a new turn, or the recorded replies."""
        key = conversation, message_id = message.sender_id, message.message_id
        if key not in self._running:
            self._running[key] = asyncio.create_task(_turn(message, handle))
            self._running[key].add_done_callback(lambda _: self._running.pop(key, None))
        try:
            # If the caller disconnects, the turn continues, and a retry finds its recorded replies.
            return await asyncio.shield(self._running[key])
        except turn_transaction.TurnAborted as aborted:
            # The store aborts the turn of a message that was handled before, so search the recorded replies only then.
            # If the store itself is unavailable, do not search: another query would only time out as well.
            if not isinstance(aborted.__cause__, SQLAlchemyError):
                replies = store.recorded_replies(conversation, message_id)
                if replies is not None:
                    return {"replies": replies, "explanation": store.explanations(conversation).get(message_id)}
            metrics.aborted.inc()
            raise RequestRefused(503, str(aborted)) from aborted

    async def _wait_for_turns(self, conversation: str) -> None:
        """Wait for the conversation's running turns: a turn saved after an erasure would restore erased messages."""
        running = [task for (sender, _), task in self._running.items() if sender == conversation]
        if running:
            await asyncio.wait(running)  # does not cancel them if the caller disconnects


async def _turn(message: UserMessage, handle: turn_transaction.Handler) -> Answer:
    message.output_channel = collected = CollectingOutputChannel()
    with metrics.turn_seconds.time(), metrics.running.track_inprogress():
        explanation = await turn_transaction.run(handle, message)
    return {"replies": collected.replies, "explanation": explanation}


def _wanted_version(request: Request) -> str | None:
    sha256 = _body(request).get("sha256", "")
    if sha256 is None or (isinstance(sha256, str) and _SHA256.fullmatch(sha256)):
        return sha256
    raise RequestRefused(400, '"sha256" is neither a SHA-256 nor null')


async def _loaded(agent: Agent, sha256: str | None) -> str:
    """Load the version, which then reads all further messages; return its SHA-256.

    If that fails, keep the current model and raise RequestRefused.
    """
    try:
        return await swap.load(agent, sha256)
    except Exception as fault:  # a broken model may raise anything
        logger.error("a version is not loaded: %s", model_checksum.load_failure(Path(str(sha256)), fault))
        raise RequestRefused(409, f"it cannot be loaded: {type(fault).__name__}") from fault


def _ready_store(request: Request) -> TrackerStore:
    agent = request.app.ctx.agent
    if not agent.is_ready():
        raise RequestRefused(503, "the model is not loaded")
    return unwrap(agent.tracker_store)


def _redactions(request: Request) -> dict[str, str]:
    texts = _body(request).get("texts")
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise RequestRefused(400, '"texts" is not an object of strings')
    return texts


def _read(request: Request) -> UserMessage:
    """The customer's message.

    Its metadata has a keyed hash of the customer's IP address, by which failed look-ups are counted.
    """
    body = _body(request)
    address = {"address": body["address"]} if body.get("address") else {}
    ids = {name: body.get(name) for name in ("conversation", "message_id")} | address
    for name, given in ids.items():
        if not isinstance(given, str) or not _ID.fullmatch(given):
            raise RequestRefused(400, f'"{name}" is not an id')
    return UserMessage(
        _rasa_text(body),
        sender_id=ids["conversation"],
        input_channel=CHANNEL,
        message_id=ids["message_id"],
        metadata=address,
    )


def _body(request: Request) -> dict[str, Any]:
    if len(request.body) > MAX_BODY_BYTES:
        raise RequestRefused(413, f"the body is over {MAX_BODY_BYTES} bytes")
    try:
        return json_object.parse(request.body)
    except json_object.NotAnObject as fault:
        raise RequestRefused(400, str(fault)) from fault


def _rasa_text(body: dict[str, Any]) -> str:
    text, payload = body.get("text"), body.get("payload")
    if isinstance(payload, str) and text is None and _PAYLOAD.fullmatch(payload):
        return payload
    if isinstance(text, str) and payload is None and text.strip() and len(text) <= MAX_TEXT_LENGTH:
        return escape_commands(mask(text))  # `chat` has masked it; mask it again, because it is stored
    raise RequestRefused(400, f'neither a "payload" nor a "text" of 1 to {MAX_TEXT_LENGTH} characters')


def escape_commands(text: str) -> str:
    """Replace leading slashes by a similar character, because Rasa would read the text as a command.

    Also replace what UTF-8 cannot encode, and remove null characters.
    """
    storable = text.encode("utf-8", "replace").decode().replace("\0", "")
    return _LEADING.sub(lambda leading: leading.group().replace("/", "\N{DIVISION SLASH}"), storable)


def _apology(request: Request, answer: Answer) -> Answer:
    """Replace an empty answer by an apology, and add the apology to the explanation."""
    metrics.unanswered.inc()
    text = typeset(request.app.ctx.agent.nlg.responses["utter_fault"][0]["text"])
    apology: Reply = {"text": text, "buttons": [], "card": None}
    if answer["explanation"]:
        answer["explanation"]["replies"].append({"name": "utter_fault", **apology})
    return {"replies": [apology], "explanation": answer["explanation"]}
