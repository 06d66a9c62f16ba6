"""Converts dictated e-mail addresses (« camille point durand arobase exemple point com ») to their written form.

Only around an at-sign, because « point » and « tiret » are ordinary words elsewhere.
"""

import re

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Stateless

_AT = re.compile(r"\s{0,3}(?:\(?\barobase?\b\)?|\bat\b|\(at\)|\[at\]|\s@\s?|@\s)\s{0,3}", re.IGNORECASE)
_SPOKEN_SIGNS = [
    (re.compile(r"\s{1,3}(?:point|dot)\s{1,3}", re.IGNORECASE), "."),
    (re.compile(r"\s{1,3}(?:tiret du (?:bas|8)|underscore)\s{1,3}", re.IGNORECASE), "_"),
    (re.compile(r"\s{1,3}(?:tiret|trait d['’]union)\s{1,3}", re.IGNORECASE), "-"),
]
# The dictated words on both sides of the at-sign, joined by the signs above.
_JOIN = r"(?:\s{1,3}(?:point|dot|tiret(?:\s{1,3}du\s{1,3}(?:bas|8))?|underscore)\s{1,3}|[.\-_])"
# Bounded, and anchored at the beginning of a word, so that the time grows linearly with the length of the text.
_WORD = r"[a-z0-9]{1,64}+"
_DICTATED = re.compile(
    rf"(?<![a-z0-9])(?:{_WORD}{_JOIN}){{0,6}}{_WORD}\s{{0,3}}(?:\(?\barobase?\b\)?|\(at\)|\[at\]|\bat\b|@)\s{{0,3}}{_WORD}(?:{_JOIN}{_WORD}){{1,4}}",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[a-z]{2,}", re.IGNORECASE)


def with_emails_written(text: str) -> str:
    """`text` with each dictated address in its written form."""
    return _DICTATED.sub(_as_written, text)


def _as_written(found: re.Match[str]) -> str:
    address = found.group()
    if _PLAIN.fullmatch(address):
        return address
    address = _AT.sub("@", address)
    for spoken, sign in _SPOKEN_SIGNS:
        address = spoken.sub(sign, address)
    return address.replace(" ", "")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SpokenEmail(Stateless):
    """Runs before the extractors, which only find written addresses."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            message.set(TEXT, with_emails_written(message.get(TEXT) or ""))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data
