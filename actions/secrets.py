"""Says, before the answer, that the secrets of the message were masked and not stored."""

import re
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from shop.masking import PLACEHOLDERS

NOT_KEPT = "utter_secret_not_kept"
_MASKED = re.compile(r"^\[| masquée?\]$")


def warn(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Say that the masked secrets were not stored, once per message."""
    found = dict.fromkeys(PLACEHOLDERS.findall(tracker.latest_message.get("text") or ""))
    if found and not _has_warned(tracker):
        *others, last = [_MASKED.sub("", placeholder) for placeholder in found]
        what = " et votre ".join([", votre ".join(others), last]) if others else last
        dispatcher.utter_message(response=NOT_KEPT, what=what)


def _has_warned(tracker: Tracker) -> bool:
    """Whether another action of this turn has warned already."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if (event.get("metadata") or {}).get("utter_action") == NOT_KEPT:
            return True
    return False


class FormValidation(FormValidationAction, ABC):
    """A form's validation, which also warns about masked secrets."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        warn(dispatcher, tracker)
        events: list[EventType] = await super().run(dispatcher, tracker, domain)
        return events

    @abstractmethod
    def name(self) -> str:
        """« validate_ » and the form's name."""
