"""The parts of a loaded agent that are exchanged for this bot's own, where Rasa's configuration names no class."""

from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent

from bot.local_actions import LocalActions
from bot.runner import PlannedRunner
from bot.tracker_store import unwrap
from bot.turn_transaction import TurnAborted


def apply_patches(agent: Agent) -> None:
    """Once, before the first message. Raises TypeError on another tracker store than ours."""
    unwrap(agent.tracker_store)
    # Rasa's fail-safe wrapper would start a new, empty conversation and say nothing.
    patch(agent.tracker_store, "_on_tracker_store_error", _abort_turn)
    if agent.processor:
        # The graph's order is worked out once.
        patch(agent.processor, "graph_runner", PlannedRunner(agent.processor.graph_runner))
        # The actions run in this process.
        local = LocalActions("actions", agent.processor.domain)
        patch(
            RemoteAction, "run", lambda action, channel, nlg, tracker, domain: local.run(action, channel, nlg, tracker)
        )


def patch(owner: Any, name: str, part: Any) -> None:
    """Raises AttributeError where another version of Rasa knows no such part: set there, it would do nothing."""
    getattr(owner, name)
    setattr(owner, name, part)


def _abort_turn(error: Exception) -> None:
    if isinstance(error, TurnAborted):
        raise error
    raise TurnAborted("tracker_store") from error
