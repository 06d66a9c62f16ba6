"""Indexes one conversation: its turns and the data derived from them."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet

from chat.models import Conversation, Explanation, HandOverRequest, Message, RequestAddition, Sender
from chat.takeover import LEAVE_QUEUE
from console import bot_data, contradictions, search
from console.indexing import changed_days, outcome, resolution
from console.models import Facet, FacetKind, Outcome, Resolution, Thread, Turn
from console.training import service
from shop import clock

# Percentage of the non-risky conversations that are sampled for review.
SAMPLED_PERCENT = 10
UNREADABLE = "unreadable"
# Maximum number of messages per pass. A pass locks the conversation's row, and with SQLite all writers, so its duration
# must not grow with the conversation.
WINDOW = 200
_CUSTOMERS = Q(sender=Sender.CUSTOMER)
_EXPLAINED = ["intent", "confidence", "ranking", "entities", "actions", "slots", "replies", "form"]
_DERIVED = ["at", "text", "pressed", *_EXPLAINED, "seconds", "known_line", "unanswered", "form_input", "model"]


def refresh(chat: Conversation) -> bool:
    """Index the next messages of the conversation, WINDOW at most; False if there are more after them.

    The latest WINDOW messages are read again at each change, because explanations and redactions come later.
    """
    thread = _thread(chat)
    if thread is None:
        return True
    begin = max(0, min(thread.indexed, chat.last_seq - WINDOW))
    messages = list(chat.messages.filter(seq__gt=begin, seq__lte=begin + WINDOW))
    _store_turns(thread, messages)
    thread.indexed = messages[-1].seq
    derive(thread, messages)
    return len(messages) < WINDOW or thread.indexed >= chat.last_seq


def forget(chat: Conversation) -> bool:
    """Delete the thread of a conversation that its customer erased; False if it had none."""
    threads = Thread.objects.filter(chat=chat)
    changed_days.mark(threads)
    return bool(threads.delete()[0])


def reread_from(message: Message) -> None:
    """Make the conversation's next pass begin at this changed message, however old it is."""
    Thread.objects.filter(chat=message.conversation_id, indexed__gte=message.seq).update(indexed=message.seq - 1)


def show_unreadable(chat: Conversation) -> None:
    """List a conversation that cannot be indexed as one to review, so that the team can still read its messages."""
    if thread := _thread(chat):
        thread.first_text = _first_text(chat)
        thread.outcome, thread.risks, thread.risky = Outcome.FALLBACK, [UNREADABLE], True
        thread.resolution = Resolution.UNRESOLVED
        thread.save()
        changed_days.mark([thread])


def _thread(chat: Conversation) -> Thread | None:
    """The conversation's thread, created if necessary; None without a message."""
    first, last = chat.messages.first(), chat.messages.last()
    if first is None or last is None:
        return None
    thread, _ = Thread.objects.get_or_create(
        chat=chat, defaults={"sender": chat.id.hex, "started_at": first.at, "last_at": last.at}
    )
    thread.chat, thread.last_at = chat, last.at
    return thread


def derive(thread: Thread, messages: list[Message]) -> None:
    """Derive everything else from these messages and their turns.

    In a conversation of more than WINDOW messages, the topics and risks of earlier messages are kept, and the outcome
    is derived from the latest ones.
    """
    first, last = messages[0].seq, messages[-1].seq
    turns = list(thread.turns.filter(seq__range=(first, last)))
    whole = first == 1
    typed = _typed(thread.chat)
    thread.helpful, thread.comment = thread.chat.helpful, thread.chat.comment
    thread.typed, thread.first_text = typed.count(), _first_text(thread.chat)
    new_words = any(bot_data.normalised(one.text) not in bot_data.training_set() for one in messages if _is_typed(one))
    thread.new_words = new_words or (thread.new_words and not whole)
    _conclude(thread, turns, _bot_failed(thread.chat, messages, turns), whole)
    thread.save()
    _store_facets(thread, turns, whole)
    changed_days.mark([thread, *resolution.note_returns(thread)])
    search.index(thread.pk, chain([thread.comment], _texts(thread, _CUSTOMERS)), _texts(thread, ~_CUSTOMERS))


def _texts(thread: Thread, whose: Q) -> Iterator[str]:
    """The newest first."""
    return thread.chat.messages.filter(whose).order_by("-seq").values_list("text", flat=True).iterator(WINDOW)


def _conclude(thread: Thread, turns: list[Turn], failed: bool, whole: bool) -> None:
    risks, topics, handed_over = contradictions.order_risks(turns), bot_data.topics(), _handed_over(thread)
    with_team, now = not thread.chat.is_with_bot, clock.now()
    summary = outcome.summarise(
        turns, thread.last_at, now, thread.helpful, topics, risks, failed, handed_over, with_team
    )
    if not whole:
        summary = summary.after(thread.topics, thread.risks, thread.lowest_confidence)
    thread.topics, thread.outcome = summary.topics, summary.outcome
    thread.risks, thread.risky = summary.risks, bool(summary.risks)
    thread.lowest_confidence = summary.lowest_confidence
    thread.resolution = resolution.of(turns, summary.outcome, thread.helpful, topics)
    thread.came_back |= resolution.returned_within(turns)
    thread.sampled = not thread.risky and is_sampled(thread.sender)


def is_sampled(sender: str) -> bool:
    """Whether a hash of the id selects the conversation: nobody can influence it; a rebuild selects the same ones."""
    return int(hashlib.sha256(sender.encode()).hexdigest(), 16) % 100 < SAMPLED_PERCENT


def _store_turns(thread: Thread, messages: list[Message]) -> None:
    """Create a turn for each message with an explanation."""
    span = messages[0].seq, messages[-1].seq
    found = Explanation.objects.filter(message__conversation=thread.chat_id, message__seq__range=span)
    explained = {one.message_id: one.data for one in found}
    before = thread.turns.filter(seq__lt=messages[0].seq).values_list("form", flat=True).last()
    rows = [_turn(thread, message, explained[message.pk], messages) for message in messages if message.pk in explained]
    for turn, filled in zip(rows, outcome.form_inputs(rows, before or ""), strict=True):
        turn.form_input = filled
        turn.unanswered = not filled and outcome.unanswered(turn)
    Turn.objects.bulk_create(rows, update_conflicts=True, unique_fields=["thread", "seq"], update_fields=_DERIVED)
    service.note(thread, rows)


def _turn(thread: Thread, message: Message, explanation: dict[str, Any], messages: list[Message]) -> Turn:
    return Turn(
        thread=thread,
        seq=message.seq,
        at=message.at,
        text=message.payload or message.text,
        pressed=bool(message.payload),
        known_line=bot_data.normalised(message.text) in bot_data.training_set(),
        seconds=_seconds(message, messages),
        model=explanation.get("model", ""),
        **{name: explanation[name] for name in _EXPLAINED},
    )


def _seconds(message: Message, messages: list[Message]) -> float | None:
    """Seconds from the storing of the message to its first reply."""
    reply = next((one for one in messages if one.seq > message.seq and one.sender == Sender.BOT), None)
    return (reply.at - message.at).total_seconds() if reply else None


def _store_facets(thread: Thread, turns: Sequence[Turn], whole: bool) -> None:
    values = {(FacetKind.TOPIC, topic) for topic in thread.topics}
    values |= {(FacetKind.CUSTOMER, value) for value in resolution.customers(turns)}
    for turn in turns:
        if not turn.form_input:
            values.add((FacetKind.INTENT, turn.intent))
            if turn.intent in thread.topics:
                values.add((FacetKind.QUESTION, bot_data.question_of(turn.question)))
        values |= {(FacetKind.ACTION, action["name"]) for action in turn.actions}
    # A conversation counts for the version that read its first message.
    values |= {(FacetKind.MODEL, turns[0].model)} if turns and whole else set()
    rows = [Facet(thread=thread, kind=kind, value=value, started_at=thread.started_at) for kind, value in values]
    if whole:
        thread.facets.exclude(kind=FacetKind.TAG).delete()
    Facet.objects.bulk_create(rows, ignore_conflicts=True)


def _handed_over(thread: Thread) -> Outcome | None:
    if thread.chat.messages.filter(sender=Sender.AGENT).exists():
        return Outcome.PERSON
    left = any(kind.objects.filter(conversation=thread.sender).exists() for kind in (HandOverRequest, RequestAddition))
    return Outcome.REQUEST if left else None


def _bot_failed(chat: Conversation, messages: list[Message], turns: list[Turn]) -> bool:
    """Whether the chat's apology was the only answer to a message; then the bot sent no explanation."""
    explained = {turn.seq for turn in turns}
    asked = (m for m in messages if m.sender == Sender.CUSTOMER and not m.for_team and m.payload != LEAVE_QUEUE)
    return any(m.seq not in explained for m in asked if m.seq <= chat.answered)


def _is_typed(message: Message) -> bool:
    return message.sender == Sender.CUSTOMER and not message.payload


def _typed(chat: Conversation) -> QuerySet[Message]:
    return chat.messages.filter(sender=Sender.CUSTOMER, payload="")


def _first_text(chat: Conversation) -> str:
    """What the customer typed first, or else pressed first."""
    customers = chat.messages.filter(sender=Sender.CUSTOMER).values_list("text", flat=True)
    return customers.filter(payload="").first() or customers.first() or ""
