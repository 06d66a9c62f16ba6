"""E-mail addresses as people type them."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

# Blanks around an address, from a keyboard or the clipboard. Line breaks are excluded, because another text follows
# them.
_AROUND = " \t\u00a0\u202f"


def normalised_email(typed: str) -> str | None:
    """« Jean.Petit@Mail.fr » → « jean.petit@mail.fr »; None if it is no address, or contains anything else.

    Only ASCII is accepted, so that look-alike letters (Cyrillic « а », full-width « ａ ») never count as the same
    address. This is checked before the text is put in lower case, because that turns the Kelvin sign into « k ».
    """
    email = typed.strip(_AROUND)
    if not email.isascii():
        return None
    try:
        validate_email(email)
    except ValidationError:
        return None
    return email.lower()


def is_same_email(stored: str, normalised: str) -> bool:
    """Whether a stored address, in any case, is this normalised one."""
    return bool(normalised) and normalised_email(stored) == normalised
