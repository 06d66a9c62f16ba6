"""What a record may contain, checked where people and loaders enter it (`full_clean`); shop/records.py checks again."""

from datetime import date, datetime

from django.core.exceptions import ValidationError

from shop import clock
from shop.plain_text import known
from shop.rules import carriers

# No order is older than the shop.
EARLIEST = date(2000, 1, 1)


def plausible(day: date, today: date) -> bool:
    """Whether something of an order can have happened on this day."""
    return EARLIEST <= day <= today


def validate_plain(value: str) -> None:
    """Raise ValidationError unless the text is shown as it is, without markup, addresses and invisible characters."""
    if known(value, len(value)) != " ".join(value.split()):
        raise ValidationError("Écrivez un texte simple : sans balise, adresse ni caractère invisible.")


def validate_moment(value: date | datetime) -> None:
    """Raise ValidationError unless it is past, and not before the shop was there."""
    if not plausible(clock.paris_day(value), clock.paris_date(clock.now())):
        raise ValidationError("Cette date est impossible : elle est à venir, ou trop ancienne.")


def validate_tracking_number(value: str) -> None:
    """Raise ValidationError unless it is shaped like a tracking number."""
    if carriers.tracking_number(value) is None:
        raise ValidationError("Ce n’est pas un numéro de suivi : des lettres et des chiffres, 6 au moins.")
