"""Monkey patches, where Rasa's configuration has no setting. All of them are here."""

from typing import Any

from django.conf import settings
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import SessionConfig

from bot.local_actions import LocalActions
from bot.runner import PlannedRunner
from bot.tracker_store import unwrap
from bot.turn_transaction import TurnAborted


def apply_patches(agent: Agent) -> None:
    """Apply them once, before the first message. Raises TypeError if the tracker store is not ours."""
    unwrap(agent.tracker_store)
    # Rasa's fail-safe wrapper would silently start an empty conversation.
    patch(agent.tracker_store, "_on_tracker_store_error", _abort_turn)
    if agent.processor:
        prepare(agent.processor)
        # Run the actions in this process.
        local = LocalActions("actions", agent.processor.domain)
        patch(
            RemoteAction, "run", lambda action, channel, nlg, tracker, domain: local.run(action, channel, nlg, tracker)
        )


def prepare(processor: MessageProcessor) -> None:
    """Patch a loaded model, before its first message."""
    # Compute the order of the graph's nodes once.
    patch(processor, "graph_runner", PlannedRunner(processor.graph_runner))
    # After QUIET_MINUTES a new session starts: the bot forgets the order, and asks for number and e-mail again. Set
    # here, because domain.yml would fix the time in the trained model.
    patch(processor.domain, "session_config", SessionConfig(settings.QUIET_MINUTES, carry_over_slots=False))


def patch(owner: Any, name: str, part: Any) -> None:
    """Replace the attribute.

    Raises AttributeError if it is missing, because in another Rasa the patch would have no effect.
    """
    getattr(owner, name)
    setattr(owner, name, part)


def _abort_turn(error: Exception) -> None:
    if isinstance(error, TurnAborted):
        raise error
    raise TurnAborted("tracker_store") from error
