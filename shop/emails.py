"""E-mail addresses as people type them."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def normalised_email(typed: str) -> str | None:
    """« Jean.Petit@Mail.fr  » → « jean.petit@mail.fr »; None when it is no address.

    ASCII only: letters that merely look like others (Cyrillic « а », full-width « ａ ») never become them.
    """
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return None
    return email if email.isascii() else None
