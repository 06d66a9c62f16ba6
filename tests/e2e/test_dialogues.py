"""The dialogues of tests/dialogues/, by authors who never saw the bot, have a minimum success rate."""

import json
import uuid

import pytest

from console.versions.dialogues import Demo
from tests.nlu.dialogues import by_kind, play, shown, summary

# The authors whose dialogues were not read while the bot was tuned; for the others, more than the totals was read.
# `make test-nlu` plays all of them.
BLIND = "[hj]"
# Minimum shares, a little below the figures of docs/nlu.md; they are not the goal.
MINIMUM = {"turns": 0.86, "dialogues": 0.58}
MAXIMUM = {"not_understood": 0.08}


@pytest.mark.processes
def test_the_dialogues_reach_their_minimum_success_rate(bot):
    # Earlier runs may have used up the attempts of a conversation, an e-mail or a number.
    bot.manage("demo", "--load")
    senders: dict[str, str] = {}

    def say(dialogue: str, text: str) -> str:
        sender = senders.setdefault(dialogue, uuid.uuid4().hex)
        return "\n".join(shown(reply) for reply in bot.say(sender, text))

    played = play(say, Demo(json.loads(bot.manage("demo", "--json"))), BLIND)
    for turn in played:
        if turn.faults:
            print(f"{turn.dialogue}/{turn.turn} {turn.user!r}\n    {turn.reply!r}\n    {'; '.join(turn.faults)}")
    for kind, (right, turns) in by_kind(played).items():
        print(f"{kind:24} {right:3}/{turns}")
    shares = summary(played)
    print(shares)
    for measure, minimum in MINIMUM.items():
        assert shares[measure] >= minimum, f"{measure} fell below {minimum}: {shares}"
    for measure, maximum in MAXIMUM.items():
        assert shares[measure] <= maximum, f"{measure} rose above {maximum}: {shares}"
