"""Derives a conversation's topics, outcome and risks from its turns. Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from chat.answer_notices import ASKING_BACK
from console.models import Outcome

# A conversation without a message for this long has ended.
IDLE_TIME = timedelta(minutes=30)
# Below this confidence, the bot was close to offering other readings, which it does below 0.5 (actions/turn.py).
LOW_CONFIDENCE = 0.6

ESCALATING_INTENTS = {"contact_support", "distress", "leave_message"}
ESCALATING_ACTIONS = {"action_leave_request", "action_distress"}
FAILED_REPLIES = {"utter_not_understood_again", "utter_fault", "utter_shop_unavailable"}
# The intent of a message that only gives a number, an e-mail or a device.
INFORM = "inform"


class TurnLike(Protocol):
    """The fields of console.models.Turn that are needed here."""

    intent: str
    confidence: float | None
    actions: list[dict[str, Any]]
    replies: list[dict[str, Any]]
    form: str
    pressed: bool
    form_input: bool


@dataclass(frozen=True)
class Summary:
    topics: list[str]
    outcome: Outcome
    risks: list[str]
    lowest_confidence: float | None

    def after(self, topics: list[str], risks: list[str], lowest_confidence: float | None) -> "Summary":
        """This summary of the latest turns, combined with the topics, risks and confidence of the earlier ones."""
        known = [value for value in (lowest_confidence, self.lowest_confidence) if value is not None]
        return Summary(
            topics=list(dict.fromkeys([*topics, *self.topics])),
            outcome=self.outcome,
            risks=list(dict.fromkeys([*risks, *self.risks])),
            lowest_confidence=min(known, default=None),
        )


def summarise(
    turns: Sequence[TurnLike],
    last_at: datetime,
    now: datetime,
    helpful: bool | None,
    support: Iterable[str],
    order_risks: Sequence[str] = (),
    bot_failed: bool = False,
    handed_over: Outcome | None = None,
    with_team: bool = False,
) -> Summary:
    """`support`: the intents that are topics; `order_risks`: what is wrong with the orders.

    `bot_failed`: the only answer to a message was the chat's own apology. `handed_over`: a person answered, or a
    request was left. `with_team`: an agent has the conversation, or it waits in the queue.

    Until a conversation has ended, its outcome is « ongoing »: failures are certain earlier than successes, so the
    rates of the last half hour would contain mostly failures.
    """
    wanted = set(support)
    asked = _asked(turns)
    lowest = min(_confidences(asked), default=None)
    ongoing = with_team or now - last_at < IDLE_TIME
    return Summary(
        topics=list(dict.fromkeys(t.intent for t in asked if t.intent in wanted)),
        outcome=Outcome.ONGOING if ongoing else handed_over or _outcome(turns, wanted, bot_failed),
        risks=[*order_risks, *_risks(turns, lowest, helpful, wanted, bot_failed)],
        lowest_confidence=lowest,
    )


def _confidences(turns: Sequence[TurnLike]) -> list[float]:
    return [turn.confidence for turn in turns if not turn.pressed and turn.confidence is not None]


def form_inputs(turns: Sequence[TurnLike], before: str = "") -> list[bool]:
    """For each turn, whether its message filled a form's field: a text for the team, a number, an e-mail, an answer.

    `before`: the form that was active before the first one.

    A question in the middle of a form has an action of its own first, before the form asks again.
    """
    active = [before, *(turn.form for turn in turns)]
    return [bool(form) and _fills(turn, form) for turn, form in zip(turns, active, strict=False)]


def _asked(turns: Sequence[TurnLike]) -> list[TurnLike]:
    """The turns without inputs to a form's field, which have no question and no meaningful confidence."""
    return [turn for turn in turns if not turn.form_input]


def _fills(turn: TurnLike, form: str) -> bool:
    first = turn.actions[0]["name"] if turn.actions else ""
    return not turn.pressed and (first == form or turn.intent == INFORM)


def unanswered(turn: TurnLike) -> bool:
    """Whether the bot had no answer to this message."""
    return bool(_names(turn) & ASKING_BACK) or _failed(turn) or turn.intent == "out_of_scope"


def _outcome(turns: Sequence[TurnLike], support: set[str], bot_failed: bool) -> Outcome:
    """How a conversation ended that only the bot answered."""
    if _escalates(turns):
        return Outcome.CONTACTS
    if bot_failed or any(map(_failed, turns)) or _only_off_topic(turns, support):
        return Outcome.FALLBACK
    if not turns or turns[-1].form or _names(turns[-1]) & ASKING_BACK:
        return Outcome.ABANDONED
    if any(_names(turn) & ASKING_BACK for turn in turns):
        return Outcome.ASKED_BACK
    return Outcome.ANSWERED


def _risks(
    turns: Sequence[TurnLike], lowest: float | None, helpful: bool | None, support: set[str], bot_failed: bool
) -> list[str]:
    found = {
        "fallback": any("utter_not_understood_again" in _replies(turn) for turn in turns)
        or _only_off_topic(turns, support),
        "fault": bot_failed or any(_replies(turn) & {"utter_fault", "utter_shop_unavailable"} for turn in turns),
        "asked_back": any(_names(turn) & ASKING_BACK for turn in turns),
        "low_confidence": lowest is not None and lowest < LOW_CONFIDENCE,
        "thumbs_down": helpful is False,
        "escalation": _escalates(turns),
        "repeated": _repeated(turns, support),
    }
    return [risk for risk, is_there in found.items() if is_there]


def _only_off_topic(turns: Sequence[TurnLike], support: set[str]) -> bool:
    """Whether the bot only answered that the question is out of scope."""
    intents = {turn.intent for turn in _asked(turns)}
    return "out_of_scope" in intents and not intents & support


def _repeated(turns: Sequence[TurnLike], support: set[str]) -> bool:
    """The customer asked about the same topic again in other words, so the first answer did not help."""
    asked = [turn.intent for turn in turns if turn.intent in support and not turn.pressed and not turn.form]
    return len(asked) > len(set(asked))


def _escalates(turns: Sequence[TurnLike]) -> bool:
    intents, actions = {turn.intent for turn in _asked(turns)}, set().union(*map(_names, turns))
    return bool(intents & ESCALATING_INTENTS or actions & ESCALATING_ACTIONS)


def _failed(turn: TurnLike) -> bool:
    return bool(_replies(turn) & FAILED_REPLIES)


def _names(turn: TurnLike) -> set[str]:
    return {action["name"] for action in turn.actions}


def _replies(turn: TurnLike) -> set[str]:
    return {reply["name"] for reply in turn.replies}
