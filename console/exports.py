"""The filtered list as a file, one row per conversation with its messages, streamed, with personal data masked.

No export is stored on the server, so erasure has none to look for.
"""

import csv
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from console import bot_data, explain, transcript
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
# A spreadsheet would run a cell with this prefix as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


class _Echo:
    def write(self, value: str) -> str:
        return value


def as_csv(threads: QuerySet[Thread]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + str(writer.writerow(COLUMNS))
    for row in _rows(threads):
        yield str(writer.writerow([safe_cell(_flat(value)) for value in row.values()]))


def as_jsonl(threads: QuerySet[Thread]) -> Iterator[str]:
    for row in _rows(threads):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def safe_cell(text: str) -> str:
    """Prefix an apostrophe if a spreadsheet would run the text as a formula."""
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(_FORMULA) else text


def _rows(threads: QuerySet[Thread]) -> Iterator[dict[str, Any]]:
    full = threads.order_by("-started_at", "-id").select_related("chat")
    full = full.prefetch_related("turns", "facets", "chat__messages__buttons")
    each = full.iterator(chunk_size=BATCH_SIZE)
    while some := list(islice(each, BATCH_SIZE)):
        names = explain.names_of(thread.pk for thread in some)
        for thread in some:
            yield dict(zip(COLUMNS, _values(thread, names[thread.pk]), strict=True))


def _values(thread: Thread, names: tuple[str, ...]) -> list[Any]:
    entries = transcript.entries(thread, list(thread.turns.all()))
    confidence = None if thread.lowest_confidence is None else round(thread.lowest_confidence, 3)
    return [
        thread.pk,
        thread.started_at.isoformat(),
        thread.get_outcome_display(),
        [bot_data.intent_title(topic) for topic in thread.topics],
        confidence,
        {True: "utile", False: "pas utile", None: ""}[thread.helpful],
        thread.get_verdict_display(),
        sorted(facet.value for facet in thread.facets.all() if facet.kind == "tag"),
        [{"de": one.sender, "texte": mask(one.text, names)} for one in entries],
    ]


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(f"{one['de']}\u00a0: {one['texte']}" if isinstance(one, dict) else str(one) for one in value)
    return "" if value is None else str(value)
