"""A token gives access to one conversation: signed with the server's key, valid as long as the conversation.

Threats: a guessed id (128 random bits, useless without the signature), a forged or modified token (signature), an old
one (the conversation's expiry), a stolen one (erasing the conversation revokes it immediately, for every holder).
"""

import uuid

from django.core import signing

SALT = "chat.token"


class InvalidToken(Exception):
    """Not a valid token."""


def issue(conversation: uuid.UUID) -> str:
    return signing.Signer(salt=SALT).sign(conversation.hex)


def conversation_of(token: str) -> uuid.UUID:
    """The conversation of the token. Raises InvalidToken."""
    try:
        return uuid.UUID(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError) as fault:
        raise InvalidToken from fault
