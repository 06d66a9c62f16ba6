"""Telephone numbers as people type them."""

import re

# « 06.39.98.01.23 », or « + » or « 00 » and a country code. Digits may be grouped, with at most two signs between them.
PHONE = re.compile(r"(?<![\w+])(?:(?:\+|00)[1-9](?:[\s.()/-]{0,2}\d){7,13}|0[1-9](?:[\s.()/-]{0,2}\d){8})(?!\w)")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")


def normalised_phone(typed: str) -> str | None:
    """The number in E.164; without a country code, it is read as French.

    None if it is no phone number.
    """
    text = typed.strip()
    if not PHONE.fullmatch(text):
        return None
    digits = re.sub(r"[^0-9]", "", _TRUNK_ZERO.sub("", text))
    if text.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else f"+33{digits[1:]}"
