"""The calls of the public chat API, one function each."""

import asyncio
import uuid
from collections.abc import Awaitable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from chat import activity, activity_signals, conversations, metrics, pubsub, tokens, updates
from chat.api import errors
from chat.api.endpoint import body, conversation_of, endpoint
from chat.api.serializers import message_json, state_json
from chat.api.transcript import transcript
from chat.db_threads import db_read, db_write
from chat.updates import Posted, Updates
from shop.formatting import number
from shop.limits import MAX_COMMENT_CHARACTERS, MAX_PHOTOS

MAX_WAIT_SECONDS = 25


async def open_conversation(request: HttpRequest) -> HttpResponseBase:
    address = request.META.get("REMOTE_ADDR") or ""
    conversation = await db_write(conversations.open_conversation)(address)
    opened = {
        "conversation": conversation.id.hex,
        "token": tokens.issue(conversation.id),
        "expires": conversation.expires_at.isoformat(timespec="seconds"),
    }
    return JsonResponse(opened, status=201)


async def post_message(request: HttpRequest) -> HttpResponseBase:
    conversation = conversation_of(request)
    posted_body = body(request)
    client_id = _uuid(posted_body.get("client_id"))
    said = {name: posted_body[name] for name in ("text", "button", "photos") if posted_body.get(name) is not None}
    match said:
        case {"text": str(text), **other} if not other:
            storing = db_write(conversations.post_text)(conversation, client_id, text, pubsub.WORKER)
        case {"button": str(button), **other} if not other:
            storing = db_write(conversations.post_button)(conversation, client_id, button, pubsub.WORKER)
        case {"photos": list(ids), **other} if not other:
            storing = db_write(conversations.post_photos)(conversation, client_id, _photos(ids), pubsub.WORKER)
        case _:
            raise errors.malformed("il faut « text » ou « button », une chaîne de caractères, ou « photos », une liste")
    # Shielded: a disconnect of the client must not cancel it, because the stored message is leased to this process.
    posted = await asyncio.shield(asyncio.create_task(_acknowledge(conversation, storing)))
    metrics.acknowledged.inc()
    return JsonResponse({"seq": posted.seq}, status=202)


async def _acknowledge(conversation: uuid.UUID, storing: Awaitable[Posted]) -> Posted:
    posted = await storing
    # Dispatch to the bot first: its process can work while this one updates the readers.
    pubsub.posted.put_nowait(posted)
    pubsub.publish(conversation, posted.updates)
    return posted


async def read_messages(request: HttpRequest) -> HttpResponseBase:
    conversation = conversation_of(request)
    after = _number(request, "after", 0)
    now = asyncio.get_running_loop().time
    deadline = now() + min(_number(request, "wait", 0.0), MAX_WAIT_SECONDS)
    quiet, redacted = 0.0, None
    with pubsub.subscribe(conversation) as subscriber:
        while True:
            found = subscriber.poll(int(after)) or await db_read(updates.unread)(conversation, int(after))
            if found.messages or redacted not in (None, found.redacted):
                break
            redacted = found.redacted
            if found.typing:
                quiet = await db_read(updates.seconds_without_reply)(conversation)
            left = deadline - now()
            if left <= 0:
                break
            await subscriber.wait(min(left, updates.poll_interval(found.typing, quiet)))
    return JsonResponse(_updates_json(conversation, found))


async def rate(request: HttpRequest) -> HttpResponseBase:
    conversation = conversation_of(request)
    given = body(request)
    helpful, comment = given.get("helpful"), given.get("comment", "")
    if not isinstance(helpful, bool):
        raise errors.malformed("« helpful » doit être vrai ou faux")
    if not isinstance(comment, str) or len(comment) > MAX_COMMENT_CHARACTERS:
        raise errors.malformed(f"« comment » doit être un texte de {number(MAX_COMMENT_CHARACTERS)} caractères au plus")
    await db_write(conversations.rate)(conversation, helpful, comment)
    return HttpResponse(status=204)


async def note_activity(request: HttpRequest) -> HttpResponseBase:
    """Publish to the agent that the customer types, or has read the messages up to a number. Not stored."""
    conversation = conversation_of(request)
    given = body(request)
    typing, read = given.get("typing", False), given.get("read", 0)
    if not isinstance(typing, bool) or not isinstance(read, int) or not 0 <= read < 2**31:
        raise errors.malformed("il faut « typing », vrai ou faux, ou « read », un nombre")
    if typing:
        await db_write(activity_signals.types)(conversation, activity.CUSTOMER)
    if read:
        await db_write(activity_signals.reads)(conversation, activity.CUSTOMER, read)
    return HttpResponse(status=204)


async def read_transcript(request: HttpRequest) -> HttpResponseBase:
    conversation = conversation_of(request)
    found = await db_read(updates.unread)(conversation, 0)
    response = HttpResponse(transcript(found.messages), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="conversation-pixmania.txt"'
    return response


async def erase(request: HttpRequest) -> HttpResponseBase:
    conversation = conversation_of(request)
    await db_write(conversations.erase)(conversation)
    pubsub.publish(conversation)
    return HttpResponse(status=204)


def _uuid(given: Any, name: str = "client_id") -> uuid.UUID:
    try:
        return uuid.UUID(given)
    except (ValueError, AttributeError, TypeError) as fault:
        raise errors.malformed(f"« {name} » n’est pas un UUID") from fault


def _photos(given: list[Any]) -> list[uuid.UUID]:
    ids = list(dict.fromkeys(_uuid(one, "photos") for one in given[: MAX_PHOTOS + 1]))
    if not 0 < len(ids) <= MAX_PHOTOS:
        raise errors.malformed(f"« photos » a une à {MAX_PHOTOS} photos")
    return ids


def _number(request: HttpRequest, name: str, default: float) -> float:
    given = request.GET.get(name, "")
    try:
        number = float(given) if given else default
    except ValueError as fault:
        raise errors.malformed(f"« {name} » n’est pas un nombre") from fault
    if not 0 <= number < 2**31:
        raise errors.malformed(f"« {name} » est hors limites")
    return number


def _updates_json(conversation: uuid.UUID, found: Updates) -> dict[str, Any]:
    return {"messages": [message_json(message) for message in found.messages], **state_json(conversation, found)}


conversations_endpoint = endpoint(POST=open_conversation)
messages_endpoint = endpoint(GET=read_messages, POST=post_message)
rating_endpoint = endpoint(POST=rate)
activity_endpoint = endpoint(POST=note_activity)
transcript_endpoint = endpoint(GET=read_transcript)
conversation_endpoint = endpoint(DELETE=erase)
