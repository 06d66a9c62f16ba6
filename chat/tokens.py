"""A token opens one conversation: signed with the server's key, for as long as that conversation lives.

Threats: a guessed id (128 random bits, and worthless without its signature), a forged or changed token (signature), an
old one (the conversation's own end), a stolen one (erasing the conversation revokes it, at once and for every holder).
"""

import uuid

from django.core import signing

SALT = "chat.token"


class InvalidToken(Exception):
    """Not a token of ours."""


def issue(conversation: uuid.UUID) -> str:
    return signing.Signer(salt=SALT).sign(conversation.hex)


def conversation_of(token: str) -> uuid.UUID:
    """The conversation that the token opens. Raises InvalidToken."""
    try:
        return uuid.UUID(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError) as fault:
        raise InvalidToken from fault
