"""The filtered list as a file, one row per conversation with its messages, streamed, with personal data masked.

CSV is for people and in French (console/spreadsheet.py). JSONL is for programs: ISO times in UTC, decimal points. No
export is stored on the server, so an erasure has no exports to delete.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Prefetch, QuerySet

from chat.models import Message, Sender
from console import bot_data, explain, spreadsheet
from console.models import Thread
from console.privacy.masking import mask

COLUMNS = [
    "numéro",
    "commencée",
    "issue",
    "sujets",
    "confiance",
    "avis",
    "relecture",
    "étiquettes",
    "messages",
]
BATCH_SIZE = 200
# Maximum number of messages of a conversation, the first ones.
MAX_MESSAGES = 1_000


def as_csv(threads: QuerySet[Thread]) -> Iterator[str]:
    return spreadsheet.as_csv(COLUMNS, ([_in_words(value) for value in row.values()] for row in _rows(threads)))


def as_jsonl(threads: QuerySet[Thread]) -> Iterator[str]:
    for row in _rows(threads):
        yield json.dumps(row, ensure_ascii=False, default=datetime.isoformat) + "\n"


def _rows(threads: QuerySet[Thread]) -> Iterator[dict[str, Any]]:
    full = threads.order_by("-started_at", "-id").select_related("chat")
    first = Message.objects.filter(seq__lte=MAX_MESSAGES)
    full = full.prefetch_related("facets", Prefetch("chat__messages", first))
    each = full.iterator(chunk_size=BATCH_SIZE)
    while some := list(islice(each, BATCH_SIZE)):
        names = explain.names_of(thread.pk for thread in some)
        for thread in some:
            yield dict(zip(COLUMNS, _values(thread, names[thread.pk]), strict=True))


def _values(thread: Thread, names: tuple[str, ...]) -> list[Any]:
    confidence = None if thread.lowest_confidence is None else round(thread.lowest_confidence, 3)
    return [
        thread.pk,
        thread.started_at,
        thread.get_outcome_display(),
        [bot_data.intent_title(topic) for topic in thread.topics],
        confidence,
        {True: "utile", False: "pas utile", None: ""}[thread.helpful],
        thread.get_verdict_display(),
        sorted(facet.value for facet in thread.facets.all() if facet.kind == "tag"),
        [{"de": one.sender, "texte": mask(one.text, names)} for one in thread.chat.messages.all()],
    ]


def _in_words(value: Any) -> Any:
    """A list as lines of one cell; each message with its author in French."""
    if not isinstance(value, list):
        return value
    return "\n".join(
        f"{Sender(one['de']).label}\u00a0: {one['texte']}" if isinstance(one, dict) else str(one) for one in value
    )
