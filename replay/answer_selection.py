"""Determines the answer to a message without sending it, so that a replay can compare answers.

The real actions run on the recorded state: the previous question, the offer, the form, the last replies. An action that
would look up an order or call a person does not run; its name stands for its answer.
"""

import asyncio
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import topics
from actions.base import BotAction
from actions.dialogue import Affirm, Deny, SmallTalk, Stop
from actions.fallback import Clarify, Disambiguate, Repair
from actions.follow_ups import FollowUp
from actions.out_of_scope import OutOfScope
from actions.reinterpretation import reinterpret
from actions.turn import Turn

# Actions without side effects: they only read the turn.
_PURE: dict[str, BotAction] = {
    action.name(): action
    for action in (Affirm(), Clarify(), Deny(), Disambiguate(), FollowUp(), OutOfScope(), Repair(), SmallTalk(), Stop())
}
_OF_TOPICS = {topics.action_of(intent) for intent in topics.TOPIC_KEYS}
AND = " + "


def select_answer(tracker: Tracker, action: str) -> str:
    """The answer of the message's rule, whose first action is `action`.

    « ask_refund/delay + ask_invoice/where », or a reply (utter_…), or an action (action_…, a form).
    """
    return asyncio.run(_select(tracker, action))


async def _select(tracker: Tracker, action: str) -> str:
    passed_from: set[str] = set()
    while action in _PURE and action not in passed_from:
        passed_from.add(action)
        dispatcher = CollectingDispatcher()
        turn = Turn(dispatcher, tracker)
        await _PURE[action].answer(turn)
        if asked := turn.pending_questions():
            return AND.join(asked)
        if dispatcher.messages:
            return _named(str(dispatcher.messages[0]["response"]), turn)
        action = turn.next_action
    if action in _OF_TOPICS:
        return AND.join(reinterpret(Turn(CollectingDispatcher(), tracker)))
    return action


def _named(reply: str, turn: Turn) -> str:
    """The name of a reply; that of a question's reply is the question: « greet », « ask_refund/delay »."""
    name = reply.removeprefix("utter_")
    is_question = name == turn.intent or topics.intent_of(name) in {*topics.TOPIC_KEYS, *topics.OTHERS}
    return name if is_question else reply


def tracker_of(message: dict[str, Any], slots: dict[str, Any], form: str, before: dict[str, Any]) -> Tracker:
    """The conversation as an action sees it: this message's reading, the state before it, and the message before.

    `before`: {"parse_data": its reading, "replies": the names of its replies}; empty at the start.
    """
    events: list[dict[str, Any]] = []
    if before:
        events.append({"event": "user", "parse_data": before["parse_data"]})
        events += [{"event": "bot", "metadata": {"utter_action": name}} for name in before["replies"]]
    events.append({"event": "user", "parse_data": message})
    return Tracker("replay", slots, message, events, False, None, {"name": form} if form else {}, None)
