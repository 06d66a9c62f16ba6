"""« Je ne veux pas annuler, juste savoir où elle est »: what is denied is not what is asked.

The denied part is left out of what the classifier reads, where something else is asked beside it. Where nothing else
is, the message stays as it is, and its training lines say that it is no question.
"""

import re

_DENIED = re.compile(
    r"(?:\bnon\s*,?\s*)?"
    r"(?:\bje\s+(?:ne\s+|n['’]\s?)?(?:veux|voulais|voudrais|souhaite|demande|cherche|parle)\s+(?:surtout\s+)?pas"
    r"|\bj(?:e\s+n)?['’]?\s?ai\s+(?:pas|jamais)\s+(?:demandé|demander|parlé|dit|voulu|envie|besoin)"
    r"|\b(?:ne\s+)?me\s+\w+\s+(?:surtout\s+)?pas)\b"
    r"[^,;.!?\n]{0,60}?(?=\s*(?:[,;.!?\n]|\b(?:mais|juste|je veux|je voudrais|dites)\b))",
    re.IGNORECASE,
)
# So that what is left asks something of its own.
MIN_WORDS = 4
_WORD = re.compile(r"[^\W\d_]{2,}")
_WANTED = re.compile(
    r"\b(?:juste|veux|voudrais|savoir|où|quand|comment|combien|mais|plutôt|seulement)\b", re.IGNORECASE
)


def without_denied(text: str) -> str:
    """`text` without the clause that says what is not wanted; `text` itself where nothing else is asked."""
    rest = _DENIED.sub(" ", text).strip(" ,;.!?")
    if rest == text.strip(" ,;.!?"):
        return text
    return rest if len(_WORD.findall(rest)) >= MIN_WORDS and _WANTED.search(rest) else text
