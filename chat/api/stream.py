"""Server-sent events: each message once, in order, with its number as the event's id; and the conversation's state.

id: 5
data: {"seq": 5, …}

event: state
data: {"answered": 4, "typing": true}
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from chat import pubsub, updates
from chat.api import errors
from chat.api.endpoint import conversation_of, endpoint
from chat.api.serializers import message_json, state_json
from chat.db_threads import db_read

# Proxies and clients close connections that stay silent for too long.
HEARTBEAT_SECONDS = 15.0
# While an answer is pending, the heartbeat is more frequent.
HEARTBEAT_PENDING_SECONDS = 2.0


async def stream(request: HttpRequest) -> HttpResponseBase:
    conversation = conversation_of(request)
    given = request.headers.get("Last-Event-ID") or request.GET.get("after") or "0"
    if not given.isdecimal() or len(given) > 9:
        raise errors.malformed("« after » n’est pas un nombre")
    # Raise ConversationClosed and DelayNoticeNotStored here, while an error response is still possible.
    found = await db_read(updates.unread)(conversation, int(given))
    quiet = await db_read(updates.seconds_without_reply)(conversation) if found.typing and not found.messages else 0.0
    events = _with_end(_events(conversation, int(given), quiet))
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    # A proxy that buffers the response would delay every message.
    response["X-Accel-Buffering"] = "no"
    return response


async def _with_end(events: AsyncIterator[str]) -> AsyncIterator[str]:
    """The events; then `event: end` if the conversation was closed."""
    try:
        async for event in events:
            yield event
    except updates.ConversationClosed:
        yield "event: end\ndata: {}\n\n"
    except (DatabaseError, updates.DelayNoticeNotStored):
        return  # the client reconnects, and gets the error


async def _events(conversation: uuid.UUID, after: int, quiet: float) -> AsyncIterator[str]:
    """Events after number `after`, for a customer who has waited `quiet` seconds for a first reply."""
    sent_state: dict[str, Any] | None = None
    clock = asyncio.get_running_loop().time
    sent_at = clock()
    replied_at = sent_at - quiet
    yield ": bonjour\n\n"
    with pubsub.subscribe(conversation) as subscriber:
        while True:
            found = subscriber.poll(after) or await db_read(updates.unread)(conversation, after)
            for message in found.messages:
                after, replied_at = message.seq, clock()
                yield f"id: {after}\ndata: {json.dumps(message_json(message))}\n\n"
            state = state_json(conversation, found)
            if state != sent_state:
                sent_state, sent_at = state, clock()
                yield f"event: state\ndata: {json.dumps(state)}\n\n"
            elif clock() - sent_at >= (HEARTBEAT_PENDING_SECONDS if found.typing else HEARTBEAT_SECONDS):
                sent_at = clock()
                yield ": …\n\n"
            quiet = clock() - replied_at
            if found.typing and quiet >= settings.CHAT_MAX_SILENCE_SECONDS:
                await db_read(updates.seconds_without_reply)(conversation)
            await subscriber.wait(updates.poll_interval(found.typing, quiet))


stream_endpoint = endpoint(GET=stream)
