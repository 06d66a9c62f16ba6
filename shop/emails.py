"""E-mail addresses as people type them."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def normalised_email(typed: str) -> str | None:
    """« Jean.Petit@Mail.fr » → « jean.petit@mail.fr »; None if it is no address.

    ASCII only, so that look-alike letters (Cyrillic « а », full-width « ａ ») never count as the same address.
    """
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return None
    return email if email.isascii() else None
