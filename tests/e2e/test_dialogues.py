"""The dialogues of tests/dialogues/, by authors who never saw the bot, have a minimum success rate."""

import json
import uuid

import pytest

from console.versions.dialogues import Demo
from tests.nlu.dialogues import by_kind, play, shown, summary

# Of the other authors' dialogues, more than the totals was read while the bot was tuned; `make test-nlu` plays all.
BLIND = "[hj]"
# A little below the figures of docs/nlu.md: floors, not goals.
FLOOR = {"turns": 0.86, "dialogues": 0.58}
CEILING = {"not_understood": 0.08}


@pytest.mark.processes
def test_customers_are_content(bot):
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
    for measure, floor in FLOOR.items():
        assert shares[measure] >= floor, f"{measure} fell under {floor}: {shares}"
    for measure, ceiling in CEILING.items():
        assert shares[measure] <= ceiling, f"{measure} rose over {ceiling}: {shares}"
