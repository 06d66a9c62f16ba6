"""Indexes one conversation: its turns, and all that the console derives from them."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from chat.models import Conversation, Explanation, HandOverRequest, Message, RequestAddition, Sender
from chat.takeover import LEAVE_QUEUE
from console import bot_data, contradictions, search
from console.indexing import outcome
from console.models import Facet, FacetKind, Outcome, Thread, Turn
from shop import clock

# Percentage of the non-risky conversations that are sampled for review.
SAMPLED_PERCENT = 10
UNREADABLE = "unreadable"
_EXPLAINED = ["intent", "confidence", "ranking", "entities", "actions", "slots", "replies", "form"]
_DERIVED = ["at", "text", "pressed", *_EXPLAINED, "seconds", "known_line", "unanswered", "form_input"]


def refresh(chat: Conversation) -> bool:
    """Index the conversation. True if its thread was deleted, because the customer erased it."""
    if chat.erased_at:
        return bool(Thread.objects.filter(chat=chat).delete()[0])
    messages = list(chat.messages.all())
    if messages:
        thread = _thread(chat, messages)
        _store_turns(thread, messages)
        derive(thread, messages)
    return False


def show_unreadable(chat: Conversation) -> None:
    """List a conversation that cannot be indexed as one to review: the team sees its messages all the same."""
    if messages := list(chat.messages.all()):
        thread = _thread(chat, messages)
        thread.last_at, thread.first_text = messages[-1].at, messages[0].text
        thread.outcome, thread.risks, thread.risky = Outcome.FALLBACK, [UNREADABLE], True
        thread.save()


def _thread(chat: Conversation, messages: list[Message]) -> Thread:
    first, last = messages[0].at, messages[-1].at
    thread, _ = Thread.objects.get_or_create(
        chat=chat, defaults={"sender": chat.id.hex, "started_at": first, "last_at": last}
    )
    thread.chat = chat
    return thread


def derive(thread: Thread, messages: list[Message]) -> None:
    """Derive everything else from the turns and messages."""
    turns = list(thread.turns.all())
    typed = [message.text for message in messages if _typed(message)]
    customers = [message.text for message in messages if message.sender == Sender.CUSTOMER]
    thread.helpful, thread.comment = thread.chat.helpful, thread.chat.comment
    thread.last_at = messages[-1].at
    thread.typed, thread.first_text = len(typed), (typed or customers or [""])[0]
    thread.new_words = any(bot_data.normalised(text) not in bot_data.training_set() for text in typed)
    _conclude(thread, turns, _bot_failed(thread.chat, messages, turns), _handed_over(thread, messages), clock.now())
    thread.save()
    _store_facets(thread, turns)
    search.index(thread.pk, [*(message.text for message in messages), thread.comment])


def _conclude(thread: Thread, turns: list[Turn], failed: bool, handed_over: Outcome | None, now: datetime) -> None:
    risks, topics = contradictions.order_risks(turns), bot_data.topics()
    with_team = not thread.chat.is_with_bot
    summary = outcome.summarise(
        turns, thread.last_at, now, thread.helpful, topics, risks, failed, handed_over, with_team
    )
    thread.topics, thread.outcome = summary.topics, summary.outcome
    thread.risks, thread.risky = summary.risks, bool(summary.risks)
    thread.lowest_confidence = summary.lowest_confidence
    thread.sampled = not thread.risky and is_sampled(thread.sender)


def is_sampled(sender: str) -> bool:
    """Decided by a hash of the id: no reviewer can choose, and a rebuild samples the same conversations."""
    return int(hashlib.sha256(sender.encode()).hexdigest(), 16) % 100 < SAMPLED_PERCENT


def _store_turns(thread: Thread, messages: list[Message]) -> None:
    """Create a turn for each message with an explanation."""
    explained = {one.message_id: one.data for one in Explanation.objects.filter(message__conversation=thread.chat_id)}
    rows = [_turn(thread, message, explained[message.pk], messages) for message in messages if message.pk in explained]
    for turn, filled in zip(rows, outcome.form_inputs(rows), strict=True):
        turn.form_input = filled
        turn.unanswered = not filled and outcome.unanswered(turn)
    Turn.objects.bulk_create(rows, update_conflicts=True, unique_fields=["thread", "seq"], update_fields=_DERIVED)


def _turn(thread: Thread, message: Message, explanation: dict[str, object], messages: list[Message]) -> Turn:
    return Turn(
        thread=thread,
        seq=message.seq,
        at=message.at,
        text=message.payload or message.text,
        pressed=bool(message.payload),
        known_line=bot_data.normalised(message.text) in bot_data.training_set(),
        seconds=_seconds(message, messages),
        **{name: explanation[name] for name in _EXPLAINED},
    )


def _seconds(message: Message, messages: list[Message]) -> float | None:
    """Seconds from the storing of the message to its first reply."""
    reply = next((one for one in messages if one.seq > message.seq and one.sender == Sender.BOT), None)
    return (reply.at - message.at).total_seconds() if reply else None


def _store_facets(thread: Thread, turns: Iterable[Turn]) -> None:
    values = {(FacetKind.TOPIC, topic) for topic in thread.topics}
    for turn in turns:
        if not turn.form_input:
            values.add((FacetKind.INTENT, turn.intent))
        values |= {(FacetKind.ACTION, action["name"]) for action in turn.actions}
    rows = [Facet(thread=thread, kind=kind, value=value, started_at=thread.started_at) for kind, value in values]
    thread.facets.exclude(kind=FacetKind.TAG).delete()
    Facet.objects.bulk_create(rows, ignore_conflicts=True)


def _handed_over(thread: Thread, messages: list[Message]) -> Outcome | None:
    if any(message.sender == Sender.AGENT for message in messages):
        return Outcome.PERSON
    left = any(kind.objects.filter(conversation=thread.sender).exists() for kind in (HandOverRequest, RequestAddition))
    return Outcome.REQUEST if left else None


def _bot_failed(chat: Conversation, messages: list[Message], turns: list[Turn]) -> bool:
    """Whether the chat's apology was the only answer to a message; then the bot sent no explanation."""
    explained = {turn.seq for turn in turns}
    asked = (m for m in messages if m.sender == Sender.CUSTOMER and not m.for_team and m.payload != LEAVE_QUEUE)
    return any(m.seq not in explained for m in asked if m.seq <= chat.answered)


def _typed(message: Message) -> bool:
    return message.sender == Sender.CUSTOMER and not message.payload
