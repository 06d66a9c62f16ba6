"""bot/local_actions.py: actions that run inside Rasa's process."""

import asyncio
import traceback

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

from bot.local_actions import LocalActions


def fail(dispatcher, tracker, domain):
    raise ValueError("perroquet")


def test_the_error_of_a_failed_action_contains_no_word_of_the_customer():
    """Rasa logs the error together with its cause."""
    local = LocalActions("actions", Domain.empty())
    # A function and not a class, because other tests would count a class as one of the bot's actions.
    local._executor.register_function("action_failing", fail)
    tracker = DialogueStateTracker("s", [])
    with pytest.raises(RasaException, match="action_failing failed: ValueError") as fault:
        asyncio.run(local.run(RemoteAction("action_failing", None), None, None, tracker))
    assert "perroquet" not in "".join(traceback.format_exception(fault.value))
