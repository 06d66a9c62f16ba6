"""Runs the actions of `actions/` inside this process, with rasa_sdk's executor.

Rasa 3.6 calls an action server over HTTP. That would add a process, a port and a secret, and each message could
fail in one more way. It would bring nothing: the actions are asynchronous and wait for one database only. The classes
stay plain rasa_sdk, so `rasa run actions` serves them too.
"""

import json
from typing import Any

from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection as SdkRejection

from actions.topics import describes_problem

# An action reads the current message and the two before it (Turn.recent_texts).
MESSAGES_READ = 3
# The parts of the domain that form validation reads.
DOMAIN_READ = ("forms", "slots")


class LocalActions:
    """The loaded actions. `run` replaces RemoteAction.run (bot/patches.py)."""

    def __init__(self, package: str, domain: Domain) -> None:
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        self._domain = {part: domain.as_dict().get(part, {}) for part in DOMAIN_READ}

    async def run(
        self,
        action: RemoteAction,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
    ) -> list[Event]:
        """The action's replies and events. Raises ActionExecutionRejection, or RasaException when the action fails."""
        call = {"next_action": action.name(), "tracker": _state(tracker), "domain": self._domain}
        try:
            answer: Any = await self._executor.run(call)
        except SdkRejection as rejection:
            raise ActionExecutionRejection(rejection.action_name, rejection.message) from rejection
        except Exception as fault:
            # Without the cause: Rasa would log it, and its text may contain the customer's words.
            raise RasaException(f"{action.name()} failed: {type(fault).__name__}") from None
        uttered = await RemoteAction._utter_responses(answer["responses"], output_channel, nlg, tracker)
        return [*uttered, *deserialise_events(answer["events"])]


def _state(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What an action server would receive, shortened to what an action reads.

    A copy via JSON, so that no action can change the tracker.
    """
    state = tracker.current_state() | {"events": [event.as_dict() for event in _recent(list(tracker.events))]}
    copied: dict[str, Any] = json.loads(json.dumps(state))
    return copied


def _recent(events: list[Event]) -> list[Event]:
    """The events since the third-latest message, and some earlier ones.

    Of the earlier events, only numbers and topics (Turn.values_of) and the last described problem (actions/support.py)
    are kept.
    """
    messages = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    begin = messages[-MESSAGES_READ] if len(messages) > MESSAGES_READ else 0
    before = events[:begin]
    return [*[event for event in before if _is_problem(event)][-1:], *filter(_is_kept, before), *events[begin:]]


def _is_problem(event: Event) -> bool:
    return isinstance(event, UserUttered) and describes_problem(event.intent_name, event.text)


def _is_kept(event: Event) -> bool:
    return isinstance(event, SlotSet) and event.key in ("order_number", "tradein_number", "topic")
