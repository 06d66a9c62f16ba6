"""Replaces parts of Rasa that its configuration cannot change. bot/train.py has the patches of the training."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import SessionConfig

from actions import responses
from bot import model_checksum, versions
from bot.local_actions import LocalActions
from bot.tracker_store import unwrap
from bot.turn_transaction import TurnAborted


def exit_if_not_loaded(original: Path) -> None:
    """Patch Rasa to exit with one line if the model cannot be loaded. Rasa would keep running without a model."""
    load = Agent.load_model

    def load_or_exit(agent: Agent, model: Any, **options: Any) -> None:
        try:
            load(agent, model, **options)
            responses.add(versions.replies_of(Path(model)))
            agent.nlg.read()
        except Exception as fault:
            sys.exit(model_checksum.load_failure(original, fault))

    patch(Agent, "load_model", load_or_exit)


def apply_patches(agent: Agent) -> None:
    """Apply the other patches once, before the first message. Raises TypeError if the tracker store is not ours."""
    unwrap(agent.tracker_store)
    # If the tracker store fails, Rasa's fail-safe wrapper would silently start an empty conversation.
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
    # After QUIET_MINUTES a new session starts without the slots, so the bot asks for number and e-mail again. Set
    # here, because in domain.yml the time would become part of the trained model.
    patch(processor.domain, "session_config", SessionConfig(settings.QUIET_MINUTES, carry_over_slots=False))


def patch(owner: Any, name: str, replacement: Any) -> None:
    """Replace the attribute.

    Raises AttributeError if it is missing: in another version of Rasa the patch would then have no effect.
    """
    getattr(owner, name)
    setattr(owner, name, replacement)


def _abort_turn(error: Exception) -> None:
    if isinstance(error, TurnAborted):
        raise error
    raise TurnAborted("the tracker store is unavailable") from error
