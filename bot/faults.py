"""The faults that Rasa keeps to itself reach whoever runs a turn (bot/turns.py)."""

from rasa.core.agent import Agent

from bot import answers, floor, turns
from bot.action_servers import ActionServer
from bot.runner import PlannedRunner
from bot.tracker_store import inner


def make_heard(agent: Agent) -> None:
    """Break the turn when the tracker store or the action server fails. Raises TypeError on another store than ours."""
    inner(agent.tracker_store)
    # Rasa's fail-safe wrapper has no other way in: it would start a new, empty conversation and say nothing.
    agent.tracker_store._on_tracker_store_error = _store_failed
    answers.check_quickly()
    if agent.processor:
        agent.processor.graph_runner = PlannedRunner(agent.processor.graph_runner)
        agent.processor.handle_message = floor.held(agent.processor.handle_message)
        agent.action_endpoint = agent.processor.action_endpoint = ActionServer(agent.action_endpoint)


def _store_failed(error: Exception) -> None:
    raise error if isinstance(error, turns.TurnBroken) else turns.TurnBroken("tracker_store") from error
