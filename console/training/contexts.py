"""The context in which the model read a message: the same key as in training lines (`metadata: {after: …}`)."""

from bot.nlu.context import ASKED
from console import bot_data
from console.indexing.outcome import IDLE_TIME
from console.models import Turn


def context_of(turn: Turn) -> str:
    """The context of this message; empty for the first one."""
    return context_after(turn.thread.turns.filter(seq__lt=turn.seq).last(), turn)


def context_after(previous: Turn | None, turn: Turn) -> str:
    """The message's context, given the previous message. bot/nlu/context.py derives the same one from the tracker."""
    if previous is None or turn.at - previous.at >= IDLE_TIME:  # the bot began a new session
        return ""
    asked = previous.slots.get("requested_slot") if previous.form not in ("", "handover_form") else None
    return ASKED.get(asked or "") or previous.slots.get("question") or ""


def title(context: str) -> str:
    """« Mon remboursement › Quand ? », or « la question du numéro de commande »; empty without a context."""
    return bot_data.labels()["contexts"].get(context) or (bot_data.intent_title(context) if context else "")
