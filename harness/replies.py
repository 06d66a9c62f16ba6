"""The replies that load clients may read, in every wording."""

from bot.typography import typeset
from chat.system_messages import FAILED
from harness.project import responses


def _wordings(*names: str) -> set[str]:
    """Every wording of these replies, as a customer reads it."""
    return {typeset(wording["text"]) for name in names for wording in responses()[name]}


# The answer to « comment créer un compte ? », which every load client asks.
ANSWERS = _wordings("utter_create_account/how")
APOLOGIES = {FAILED} | _wordings("utter_fault", "utter_shop_unavailable")
