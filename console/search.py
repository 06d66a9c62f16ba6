"""Full-text search over all messages, ignoring case and accents: SQLite's FTS5, or PostgreSQL's tsvector.

One document per conversation, in the table `console_search` (migration 0002). Words are normalised here, so that both
databases find the same, and neither needs an extension that only an administrator may install.
"""

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from console import identifiers
from console.models import Thread
from console.text import words

MAX_WORDS = 12
# Of a conversation: some thousand messages, 0.05 s. It is indexed anew at every change.
MAX_CHARACTERS = 100_000
_WRITE = {
    "sqlite": [
        "DELETE FROM console_search WHERE rowid = %s",
        "INSERT INTO console_search(rowid, words) VALUES (%s, %s)",
    ],
    "postgresql": [
        "DELETE FROM console_search WHERE thread_id = %s",
        "INSERT INTO console_search(thread_id, words) VALUES (%s, to_tsvector('simple', %s))",
    ],
}
_FIND = {
    "sqlite": "SELECT rowid FROM console_search WHERE console_search MATCH %s",
    "postgresql": "SELECT thread_id FROM console_search WHERE words @@ to_tsquery('simple', %s)",
}


def index(thread: int, texts: Iterable[str]) -> None:
    """Replace the conversation's document. `texts`: the newest first; after MAX_CHARACTERS, nothing is read."""
    forget(thread)
    text = "\n".join(_first_of(texts, MAX_CHARACTERS))
    with connection.cursor() as cursor:
        cursor.execute(_WRITE[connection.vendor][1], [thread, " ".join([*identifiers.tokens(text), *words(text)])])


def _first_of(texts: Iterable[str], characters: int) -> Iterator[str]:
    for text in texts:
        yield text[:characters]
        characters -= len(text)
        if characters <= 0:
            return


def forget(thread: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WRITE[connection.vendor][0], [thread])


def matching(threads: QuerySet[Thread], asked: str) -> QuerySet[Thread]:
    """The conversations that contain each of these words, or words that start with it, and each of these identifiers.

    All of them without a word.
    """
    named, rest = identifiers.read(asked)
    wanted = words(rest)[:MAX_WORDS]
    if not wanted and not named:
        return threads if not asked.strip() else threads.none()
    prefix = "{}:*" if connection.vendor == "postgresql" else '"{}"*'
    terms = [_any_of(phrases) for phrases in named[:MAX_WORDS]] + [prefix.format(word) for word in wanted]
    return _found(threads, (" & " if connection.vendor == "postgresql" else " AND ").join(terms))


def quoting(threads: QuerySet[Thread], phrases: Iterable[str]) -> QuerySet[Thread]:
    """The conversations that contain one of these phrases, as whole words in sequence."""
    return _found(threads, _any_of([found for phrase in phrases if (found := words(phrase))]))


def _any_of(phrases: Iterable[list[str]]) -> str:
    if connection.vendor == "postgresql":
        return "(" + " | ".join("(" + " <-> ".join(phrase) + ")" for phrase in phrases) + ")"
    return "(" + " OR ".join('"' + " ".join(phrase) + '"' for phrase in phrases) + ")"


def _found(threads: QuerySet[Thread], query: str) -> QuerySet[Thread]:
    if connection.vendor == "postgresql":
        return threads.filter(pk__in=RawSQL(_FIND[connection.vendor], [query]))
    # « id + 0 » makes SQLite walk the list's index instead of fetching every match.
    return threads.alias(number=F("pk") + 0).filter(number__in=RawSQL(_FIND[connection.vendor], [query]))
