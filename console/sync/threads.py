"""One conversation brought up to date: its new turns stored, and all that is derived from them derived again."""

import hashlib
import logging
import uuid
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q

from chat.models import Conversation, Message, Sender
from console import bot_data, contradictions, search
from console.models import BadRow, Facet, FacetKind, Thread, Turn
from console.sync import outcome
from console.sync.events import ALIAS, RasaEvent
from console.sync.turns import TurnData, turns_of
from shop import clock

# Of the conversations that nothing makes risky, so many percent are drawn to be read.
SAMPLED_PERCENT = 10

logger = logging.getLogger("console")
_COPIED = [field.name for field in fields(TurnData) if field.name not in ("source_id", "channel")]


def chat_of(sender: str) -> Conversation | None:
    """`chat`'s conversation of Rasa's sender id: the hex of its UUID."""
    try:
        key = uuid.UUID(sender) if len(sender) == 32 else None
    except ValueError:
        key = None
    return Conversation.objects.filter(pk=key).first() if key else None


def refresh(sender: str, first_event: int | None) -> bool:
    """Bring the conversation up to date; `first_event`: the lowest id of its events that may be new.

    True when there was a copy of it, which went because its customer erased it.
    """
    chat = chat_of(sender)
    if chat is not None and chat.erased_at:
        return bool(Thread.objects.filter(sender=sender).delete()[0])
    thread = Thread.objects.filter(sender=sender).first()
    turns = _new_turns(sender, thread, first_event) if first_event is not None else []
    messages = list(chat.messages.prefetch_related("buttons")) if chat else []
    if thread is None:
        begun = messages[0].at if messages else turns[0].at if turns else None
        if begun is None:
            return False  # only a session's start so far
        channel = "chat" if chat else turns[0].channel
        thread = Thread.objects.create(sender=sender, chat=chat, channel=channel, started_at=begun, last_at=begun)
    _store(thread, turns)
    derive(thread, messages)
    return False


def derive(thread: Thread, messages: list[Message]) -> None:
    """All that follows from the turns and, in the chat, from what was said there."""
    turns = list(thread.turns.all())
    _time_answers(turns, messages)
    moments = [message.at for message in messages] or [turn.at for turn in turns]
    said = [m.text for m in messages] or [text for turn in turns for text in _said(turn)]
    typed = [m.text for m in messages if _typed(m)] if messages else [t.text for t in turns if not t.pressed]
    customers = [m.text for m in messages if m.sender == Sender.CUSTOMER] or [turn.text for turn in turns]
    rated = thread.chat
    thread.helpful, thread.comment = (rated.helpful, rated.comment) if rated else (None, "")
    thread.last_at = max(moments, default=thread.started_at)
    thread.typed, thread.first_text = len(typed), (typed or customers or [""])[0]
    thread.new_words = any(bot_data.normalised(text) not in bot_data.training_set() for text in typed)
    thread.unexplained = _unexplained(rated, messages, turns)
    _conclude(thread, turns, clock.now())
    thread.save()
    _store_facets(thread, turns)
    search.index(thread.pk, [*said, thread.comment])


def _conclude(thread: Thread, turns: list[Turn], now: datetime) -> None:
    contradicted = bool(contradictions.contradicted(turns))
    summary = outcome.summarise(turns, thread.last_at, now, thread.helpful, bot_data.topics(), contradicted)
    thread.topics, thread.outcome = summary.topics, summary.outcome
    thread.risks, thread.risky = summary.risks, bool(summary.risks)
    thread.lowest_confidence = summary.lowest_confidence
    thread.sampled = not thread.risky and is_drawn(thread.sender)


def is_drawn(sender: str) -> bool:
    """Drawn once and for all, by its id: who reviews cannot choose, and a replay draws the same."""
    return int(hashlib.sha256(sender.encode()).hexdigest(), 16) % 100 < SAMPLED_PERCENT


def _new_turns(sender: str, thread: Thread | None, first_event: int) -> list[TurnData]:
    """The turns from the one on that the first new event belongs to."""
    before = list(thread.turns.filter(source_id__lte=first_event).order_by("-source_id")[:2]) if thread else []
    # From the end of the turn before it: a new session may have begun in between.
    last = before[1] if len(before) > 1 else None
    begin, slots, form = (last.source_id, last.slots, last.form) if last else (0, {}, "")
    BadRow.objects.filter(Q(source_id__gt=begin) | Q(source_id=0), sender=sender).delete()
    events = RasaEvent.objects.using(ALIAS).filter(sender_id=sender, pk__gt=begin).order_by("pk")
    return turns_of(events.iterator(), slots, form, partial(set_aside, sender))


def set_aside(sender: str, source_id: int, reason: str) -> None:
    """Keep that this row could not be read, and why; nothing of what it holds."""
    logger.warning("row %s of Rasa's store was set aside: %s", source_id, reason)
    BadRow.objects.update_or_create(sender=sender, source_id=source_id, defaults={"reason": reason})


def _store(thread: Thread, turns: list[TurnData]) -> None:
    known = bot_data.training_set()
    rows = [
        Turn(
            thread=thread,
            source_id=turn.source_id,
            pressed=turn.pressed,
            known_line=bot_data.normalised(turn.text) in known,
            unanswered=outcome.unanswered(turn),
            **{name: value for name, value in asdict(turn).items() if name in _COPIED},
        )
        for turn in turns
    ]
    Turn.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["source_id"],
        update_fields=[*_COPIED, "thread", "pressed", "known_line", "unanswered"],
    )


def _store_facets(thread: Thread, turns: Iterable[Turn]) -> None:
    values = {(FacetKind.TOPIC, topic) for topic in thread.topics}
    for turn in turns:
        values.add((FacetKind.INTENT, turn.intent))
        values |= {(FacetKind.ACTION, action["name"]) for action in turn.actions}
    rows = [Facet(thread=thread, kind=kind, value=value, started_at=thread.started_at) for kind, value in values]
    thread.facets.exclude(kind=FacetKind.TAG).delete()
    Facet.objects.bulk_create(rows, ignore_conflicts=True)


def _time_answers(turns: list[Turn], messages: list[Message]) -> None:
    """In the chat the time is what the customer waited: from the message's storing to the first reply's."""
    asked = {str(m.seq): m for m in messages if m.sender == Sender.CUSTOMER}
    replies = [m for m in messages if m.sender == Sender.BOT]
    changed = []
    for turn in turns:
        message = asked.get(turn.message_id)
        reply = next((r for r in replies if message and r.seq > message.seq), None)
        seconds = (reply.at - message.at).total_seconds() if reply and message else None
        if seconds is not None and seconds != turn.seconds:
            turn.seconds = seconds
            changed.append(turn)
    Turn.objects.bulk_update(changed, ["seconds"])


def _unexplained(chat: Conversation | None, messages: list[Message], turns: list[Turn]) -> int:
    if chat is None:
        return 0
    explained = {turn.message_id for turn in turns}
    answered = (m for m in messages if m.sender == Sender.CUSTOMER and m.seq <= chat.answered)
    return sum(str(message.seq) not in explained for message in answered)


def _typed(message: Message) -> bool:
    return message.sender == Sender.CUSTOMER and not message.payload


def _said(turn: Turn) -> list[Any]:
    return [turn.text, *(reply["text"] for reply in turn.replies)]
