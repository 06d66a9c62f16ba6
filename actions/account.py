"""The customer account: how to create one (CRE-1, CRE-2), and what it is for (CRE-3)."""

from actions.base import TopicAction
from actions.turn import Turn


class Account(TopicAction):
    stem = "account"

    async def about(self, turn: Turn) -> None:
        turn.say("utter_account_uses" if turn.given("account_use") else "utter_account")
