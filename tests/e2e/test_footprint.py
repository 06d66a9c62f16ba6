"""What the bot's process does without (bot/imports.py): half of its start and a third of its memory."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.processes


def test_the_bot_answers_and_has_not_loaded_tensorflow(bot, sender):
    assert bot.say(sender, "où est mon colis ?")
    assert "tensorflow" not in Path(f"/proc/{bot.pid('bot')}/maps").read_text()
