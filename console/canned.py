"""Canned replies: texts with placeholders, which a conversation's own values replace.

A placeholder whose value is not known stays, and a message that still contains one is not sent.
"""

import re
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from chat import team
from console.models import CannedReply
from console.roles import has_role
from shop import formatting

# Placeholder → what it is replaced by, for the page that edits the texts.
PLACEHOLDERS = {
    "prénom": "le prénom du client, si une commande a été consultée",
    "commande": "le numéro de la dernière commande montrée",
    "date limite": "le dernier jour pour se rétracter de cette commande",
    "lien de suivi": "la page de suivi du transporteur",
    "conseiller": "votre nom, comme le client le lit",
}
_PLACEHOLDER = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")


def usable_by(user: User) -> QuerySet[CannedReply]:
    return CannedReply.objects.filter(Q(shared=True) | Q(owner=user))


def editable_by(user: User) -> QuerySet[CannedReply]:
    """The user's own replies; for a lead, also all shared ones."""
    own = Q(owner=user)
    return CannedReply.objects.filter(own | Q(shared=True) if has_role(user, "manage") else own)


def values_of(card: dict[str, Any] | None, names: tuple[str, ...], agent: User) -> dict[str, str]:
    """{placeholder: value} of the known values. `names`: the customer's, if an order was looked up."""
    shown = card if isinstance(card, dict) else {}
    right = shown.get("withdrawal")
    found = {
        "prénom": names[0] if names else "",
        "commande": shown.get("number"),
        "date limite": _date(right.get("last_day")) if isinstance(right, dict) else "",
        "lien de suivi": shown.get("tracking_url"),
        "conseiller": team.display_name(agent),
    }
    return {name: str(value) for name, value in found.items() if value}


def fill(text: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def unfilled(text: str) -> str:
    """The first placeholder that is still there, or an empty string."""
    found = _PLACEHOLDER.search(text)
    return found[0] if found else ""


def _date(given: Any) -> str:
    try:
        return formatting.long_date(date.fromisoformat(str(given)))
    except ValueError:
        return ""
