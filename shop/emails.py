"""E-mail addresses as people type them."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

# What a keyboard or a paste may leave around an address. A line break is none of it: it starts another text.
_AROUND = " \t\u00a0\u202f"


def normalised_email(typed: str) -> str | None:
    """« Jean.Petit@Mail.fr » → « jean.petit@mail.fr »; None if it is no address, or has more than the address.

    ASCII only, so that look-alike letters (Cyrillic « а », full-width « ａ ») never count as the same address. Checked
    before the case is changed: the lower case of the Kelvin sign is « k ».
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
