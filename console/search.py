"""Full-text search over all messages, ignoring case and accents: SQLite's FTS5, or PostgreSQL's tsvector.

One document per conversation, in the table `console_search` (migration 0022). Words are normalised here, so that both
databases find the same, and neither needs an extension that only an administrator may install. The customer's messages
have a separate column, because replies repeat the shop's words in nearly every conversation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from console import identifiers
from console.models import Thread
from console.text import words

MAX_WORDS = 12
# Maximum number of indexed characters per side: some thousand messages, 0.05 s. The document is reindexed at every
# change.
MAX_CHARACTERS = 100_000
_WRITE = {
    "sqlite": [
        "DELETE FROM console_search WHERE rowid = %s",
        "INSERT INTO console_search(rowid, customer, others) VALUES (%s, %s, %s)",
    ],
    "postgresql": [
        "DELETE FROM console_search WHERE thread_id = %s",
        "INSERT INTO console_search(thread_id, customer, words)"
        " SELECT %s, customer, customer || to_tsvector('simple', %s) FROM to_tsvector('simple', %s) AS customer",
    ],
}
_FIND = {
    "sqlite": "SELECT rowid FROM console_search WHERE console_search MATCH %s",
    "postgresql": "SELECT thread_id FROM console_search WHERE words @@ to_tsquery('simple', %s)",
}
_FIND_SAID = {
    "sqlite": "SELECT rowid FROM console_search WHERE console_search MATCH 'customer : (' || %s || ')'",
    "postgresql": "SELECT thread_id FROM console_search WHERE customer @@ to_tsquery('simple', %s)",
}


@dataclass(frozen=True)
class Asked:
    """What a search asks for: words that a conversation's begin with, and the shop's identifiers."""

    words: list[str]
    identifiers: list[identifiers.Phrases]

    @classmethod
    def read(cls, typed: str) -> "Asked":
        named, rest = identifiers.read(typed)
        return cls(words(rest)[:MAX_WORDS], named[:MAX_WORDS])


def index(thread: int, customer: Iterable[str], others: Iterable[str]) -> None:
    """Replace the conversation's document. The texts come newest first; those beyond MAX_CHARACTERS are left out."""
    forget(thread)
    said, answered = (_document(_first_of(texts, MAX_CHARACTERS)) for texts in (customer, others))
    values: tuple[int, str, str] = (
        (thread, said, answered) if connection.vendor == "sqlite" else (thread, answered, said)
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE[connection.vendor][1], values)


def _document(texts: Iterable[str]) -> str:
    text = "\n".join(texts)
    return " ".join([*identifiers.tokens(text), *words(text)])


def _first_of(texts: Iterable[str], characters: int) -> Iterator[str]:
    for text in texts:
        yield text[:characters]
        characters -= len(text)
        if characters <= 0:
            return


def forget(thread: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WRITE[connection.vendor][0], [thread])


def matching(threads: QuerySet[Thread], typed: str, *, everywhere: bool = False) -> QuerySet[Thread]:
    """The conversations whose customer wrote each of these words, or words that start with it; all without a word.

    `everywhere`: also search the messages to the customer. Identifiers are always searched on both sides.
    """
    asked = Asked.read(typed)
    if not asked.words and not asked.identifiers:
        return threads if not typed.strip() else threads.none()
    prefix = "{}:*" if connection.vendor == "postgresql" else '"{}"*'
    terms = [_any_of(phrases) for phrases in asked.identifiers] + [prefix.format(word) for word in asked.words]
    find = _FIND if everywhere or asked.identifiers else _FIND_SAID
    return _found(threads, (" & " if connection.vendor == "postgresql" else " AND ").join(terms), find)


def quoting(threads: QuerySet[Thread], phrases: Iterable[str]) -> QuerySet[Thread]:
    """The conversations that contain one of these phrases, as whole words in sequence."""
    return _found(threads, _any_of([found for phrase in phrases if (found := words(phrase))]))


def _any_of(phrases: Iterable[list[str]]) -> str:
    if connection.vendor == "postgresql":
        return "(" + " | ".join("(" + " <-> ".join(phrase) + ")" for phrase in phrases) + ")"
    return "(" + " OR ".join('"' + " ".join(phrase) + '"' for phrase in phrases) + ")"


def _found(threads: QuerySet[Thread], query: str, find: dict[str, str] = _FIND) -> QuerySet[Thread]:
    rows = RawSQL(find[connection.vendor], [query])
    if connection.vendor == "postgresql":
        return threads.filter(pk__in=rows)
    # « id + 0 » makes SQLite walk the list's index instead of fetching every match.
    return threads.alias(number=F("pk") + 0).filter(number__in=rows)
