"""No text can block a process: all code that reads a customer's text takes linear time.

Each function, and each pattern that a module of these packages compiles, gets long hostile texts. With quadratic time,
twice the text takes four times as long; the test fails from three times on.
"""

import importlib
import re
import time
from collections.abc import Callable

import pytest

from bot.nlu import entity_deduplicator, inform_override, negation, spelling, spoken_email, text
from chat.text import clean
from console.privacy import masking as console
from console.text import words
from harness.checks import assert_none
from harness.project import ROOT, read
from shop import masking
from shop.limits import MAX_MESSAGE_CHARACTERS
from shop.masking import pieces, rules, traces

# Modules that read only short fields of the shop's own records.
NOT_OF_CUSTOMERS = {"shop.rules.carriers", "shop.plain_text"}
PACKAGES = ("actions", "bot", "chat", "console", "shop")
# Pieces of the patterns: beginnings of a match, and parts that may repeat without ever ending it.
PIECES = [
    "a", "A", "é", "1", "4", "06", " ", "\n", "-", ".", "@", "'", '"', "«", "/", "a@", "a.", "a-", "a@a.", "1a", "a1",
    "A1", "1 ", "1-", "1.", "1/", "4 ", "4111 ", "5555 5555 5555 puis ", "FR76 ", "FR76", "PX ", "PX1", "P X", "RP-",
    "+33 ", "0033 ", "a point ", " point ", "a arobase ", " arobase ", "point tiret ", "tiret du bas ", "a at ",
    "mail ", "mail : ", "n° ", "mon mdp c'est ", "mdp ", "mdp : a", "mot de passe de mon ", 'mdp "', "code pin ",
    "code de la ", "code 1", "cvv ", "au dos ", "carte exp le ", "carte 12 ", "4111111111111111 12/27 ",
    "1 84 12 75 116 005 ", "sécu ", "je ne veux pas ", "j'ai pas demandé ", "non, ", "mais ", "plutôt ", "pas un ",
    "5 pas 6 ", "j'ai des photos ", "M. A", "Je suis A", "Aa ", "Aa-", "https://a", "http://", "12 novembre ",
    "12,50 ", "1er ", "!", "?", "…", "👍", "[IBAN masqué]", "honte ", "<a ",
]  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "masking secrets": masking.mask,
    "a piece of a number": pieces.messages_needed,
    "a card split over messages": lambda typed: pieces.split_card(["4111 1111", "1111", typed], [typed]),
    "an IBAN split over messages": lambda typed: pieces.split_iban([typed, "3000 6000", typed]),
    "traces of an erased message": lambda typed: traces.without(typed, traces.traces_of(typed[:200])),
    "masking for the console": console.mask,
    "neutral lines": console.neutral,
    "cleaning in the chat": clean,
    "words of the search": words,
    "the bot's cleaner": text.cleaned,
    "the bot's normaliser": text.normalised,
    "spoken e-mails": spoken_email.with_emails_written,
    "negation": negation.without_denied,
    "SMS spelling": spelling.expand_sms,
    "verb endings": spelling.correct_verb_endings,
    "emoji": spelling.emoji_as_words,
    "other numbers": lambda typed: inform_override.other_number(typed, []),
    "words beside entities": lambda typed: inform_override.other_words(typed, []),
    "entities": lambda typed: entity_deduplicator.deduplicate(typed, []),
}
# Seconds. Below this, growth is harmless and cannot be measured.
HARMLESS_SECONDS = 0.003


def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern that a module holds by name, in a list or in a table, and of entities.yml and secrets.json."""
    found = {f"secrets.json: {rule['pattern'][:60]}": pattern for pattern, rule in rules._COMPILED}
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if name not in NOT_OF_CUSTOMERS and "re.compile" in path.read_text():
            for variable, value in vars(importlib.import_module(name.removesuffix(".__init__"))).items():
                found |= {f"{name}.{variable} {place}": one for place, one in enumerate(_in(value))}
    regexes = read(ROOT / "data/nlu/entities.yml")["nlu"]
    for entry in (one for one in regexes if "regex" in one):
        for line in entry["examples"].splitlines():
            found[f"entities.yml: {line}"] = re.compile(line.removeprefix("- "), re.IGNORECASE)
    return found


def _in(value: object) -> list[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        return [value]
    if isinstance(value, dict):
        return [found for one in value.values() for found in _in(one)]
    if isinstance(value, (list, tuple)):
        return [found for one in value for found in _in(one)]
    return []


def seconds(read: Callable[[str], object], piece: str, length: int, times: int = 3) -> float:
    """CPU seconds for a text of this length, the best of several."""
    hostile = (piece * length)[:length]
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        read(hostile)
        best = min(best, time.process_time() - begun)
    return best


def grows_too_fast(read: Callable[[str], object], piece: str, length: int) -> bool:
    """Whether the time grows faster than linearly; if so, measured again, as another process may have disturbed it."""
    if seconds(read, piece, length, 1) < HARMLESS_SECONDS:
        return False
    return all(seconds(read, piece, length) > 3 * seconds(read, piece, length // 2) for _ in range(3))


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_what_reads_a_customers_text_is_linear(name):
    length = MAX_MESSAGE_CHARACTERS if name == "cleaning in the chat" else 2 * MAX_MESSAGE_CHARACTERS
    assert_none(
        f"{name}: {piece!r} × {length} takes over three times as long as half of it"
        for piece in PIECES
        if piece.strip() and grows_too_fast(READERS[name], piece, length)
    )


def test_every_pattern_is_linear():
    found = patterns()
    assert len(found) > 60
    assert_none(
        f"{name}: {piece!r} × {MAX_MESSAGE_CHARACTERS} takes over three times as long as half of it"
        for name, pattern in found.items()
        for piece in PIECES
        if grows_too_fast(lambda typed, pattern=pattern: list(pattern.finditer(typed)), piece, MAX_MESSAGE_CHARACTERS)
    )
