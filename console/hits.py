"""Finds the message of each conversation that contains most of the searched words, and marks them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from chat.models import Message, Sender
from console import identifiers
from console.models import Thread
from console.privacy.masking import PLACEHOLDERS, mask
from console.search import Asked
from console.text import words

# Maximum number of messages that are searched for one page of the list.
MAX_MESSAGES = 3_000
# Characters of an excerpt, and of what it shows before the first hit.
EXCERPT, BEFORE = 170, 60
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True)
class Hit:
    """A message; `excerpt` is masked, and safe HTML."""

    seq: int
    sender: str
    excerpt: SafeString


def hits(threads: Sequence[Thread], typed: str, *, everywhere: bool) -> dict[int, Hit]:
    """{conversation's number: the message with most of the searched words, the customer's first}

    A conversation without an entry matched by the customer's comment, or by a message beyond MAX_MESSAGES.
    """
    asked = Asked.read(typed)
    if not threads or not (asked.words or asked.identifiers):
        return {}
    by_chat = {one.chat_id: one for one in threads}
    rows = Message.objects.filter(conversation__in=by_chat)
    if not (everywhere or asked.identifiers):
        rows = rows.filter(sender=Sender.CUSTOMER)
    best: dict[int, tuple[tuple[int, bool, int], str, str]] = {}
    for chat, seq, sender, text in rows.order_by("conversation_id", "seq").values_list(
        "conversation_id", "seq", "sender", "text"
    )[:MAX_MESSAGES]:
        thread, found = by_chat[chat], _count(asked, text)
        rank = (found, sender == Sender.CUSTOMER, -seq)
        if found and (thread.pk not in best or rank > best[thread.pk][0]):
            best[thread.pk] = rank, sender, text
    names = defaultdict(tuple, {one.pk: one.names for one in threads})
    return {
        pk: Hit(-rank[2], sender, _excerpt(mask(text, names[pk]), asked)) for pk, (rank, sender, text) in best.items()
    }


def marked(masked: str, typed: str) -> SafeString:
    """The whole text as safe HTML, with the searched words marked."""
    return _html(masked, _spans(masked, Asked.read(typed)))


def _count(asked: Asked, text: str) -> int:
    """How many of the searched words and identifiers the text contains."""
    said = words(text)
    count = sum(any(one.startswith(word) for one in said) for word in asked.words)
    if asked.identifiers:
        joined = f" {' '.join([*identifiers.tokens(text), *said])} "
        count += sum(any(f" {' '.join(phrase)} " in joined for phrase in one) for one in asked.identifiers)
    return count


def _spans(masked: str, asked: Asked) -> list[tuple[int, int]]:
    """The spans of the hits. If the search contains an identifier, every masked identifier counts as a hit."""
    found = [one.span() for one in _TOKEN.finditer(masked) if _begins(one.group(), asked.words)]
    if asked.identifiers:
        found += [one.span() for one in PLACEHOLDERS.finditer(masked)]
    return sorted(found)


def _begins(token: str, wanted: Iterable[str]) -> bool:
    return any(word.startswith(one) for word in words(token) for one in wanted)


def _excerpt(masked: str, asked: Asked) -> SafeString:
    """The part of the text around its first hit."""
    spans = _spans(masked, asked)
    first = spans[0][0] if spans else 0
    begin = 0 if first <= BEFORE else masked.find(" ", first - BEFORE, first) + 1 or first
    end = len(masked) if len(masked) - begin <= EXCERPT else begin + EXCERPT
    inside = [(max(a, begin) - begin, min(b, end) - begin) for a, b in spans if begin <= a < end]
    text = _html(masked[begin:end], inside)
    return mark_safe("… " * (begin > 0) + text + " …" * (end < len(masked)))


def _html(text: str, spans: Iterable[tuple[int, int]]) -> SafeString:
    parts, at = [], 0
    for begin, end in spans:
        if begin < at:
            continue
        parts += [escape(text[at:begin]), "<mark>", escape(text[begin:end]), "</mark>"]
        at = end
    return mark_safe("".join([*parts, escape(text[at:])]))
