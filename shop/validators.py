"""Validators of a record's fields, for the admin and loaders (`full_clean`); shop/records.py checks again."""

from datetime import date, datetime

from django.core.exceptions import ValidationError

from shop import clock
from shop.plain_text import known
from shop.rules import carriers

# The shop has no older orders.
EARLIEST = date(2000, 1, 1)


def plausible(day: date, today: date) -> bool:
    """Whether an event of an order can have happened on this day: since the shop opened, and not in the future."""
    return EARLIEST <= day <= today


def validate_plain(value: str) -> None:
    """Raise ValidationError if the text contains markup, addresses or invisible characters (plain_text.py)."""
    if known(value, len(value)) != " ".join(value.split()):
        raise ValidationError("Écrivez un texte simple : sans balise, adresse ni caractère invisible.")


def validate_moment(value: date | datetime) -> None:
    """Raise ValidationError if it is in the future, or before the shop existed."""
    if not plausible(clock.paris_day(value), clock.paris_date(clock.now())):
        raise ValidationError("Cette date est impossible : elle est à venir, ou trop ancienne.")


def validate_tracking_number(value: str) -> None:
    """Raise ValidationError unless it is shaped like a tracking number."""
    if carriers.tracking_number(value) is None:
        raise ValidationError("Ce n’est pas un numéro de suivi : des lettres et des chiffres, 6 au moins.")
