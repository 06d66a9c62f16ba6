"""Explains the bot's answers in French, for readers who are no developers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from console import bot_data, contradictions
from console.computing.worker import compute
from console.models import Turn
from console.privacy.masking import mask, mask_value
from shop.history import OrderSnapshot

# {conversation's id: the names of the customers whose orders were looked up in it}
Names = defaultdict[int, tuple[str, ...]]


@dataclass(frozen=True)
class TurnExplanation:
    """The explanation beside a turn."""

    topic: str
    question: str
    confidence: int | None
    runners_up: list[tuple[str, int]]
    entities: list[tuple[str, str]]
    actions: list[str]
    rule: str
    slots: list[tuple[str, str]]
    order: OrderSnapshot | None
    contradictions: list[str]


@dataclass(frozen=True)
class Near:
    """A training line."""

    line: str
    question: str
    similarity: float


def explain_turns(turns: list[Turn], revealed: bool, names: tuple[str, ...]) -> dict[int, TurnExplanation]:
    """{turn's id: explanation}. Personal data is masked unless revealed; `names`: those known in the conversation."""
    then = contradictions.orders_of(turns)
    return {turn.pk: _explain(turn, then.get(turn.pk), revealed, names) for turn in turns}


def nearest(turn: Turn, names: tuple[str, ...]) -> list[Near]:
    """The training lines that are most similar to what was typed, masked. Raises NotComputed."""
    found = compute("similarity", "nearest", turn.text)
    return [Near(mask(line, names), question, similarity) for line, question, similarity in found]


def _explain(turn: Turn, order: OrderSnapshot | None, revealed: bool, names: tuple[str, ...]) -> TurnExplanation:
    def shown(name: str, value: Any) -> str:
        return str(value) if revealed else mask_value(name, value, names)

    words = bot_data.labels()
    # A button's payload is not classified, so Rasa's confidence for it is meaningless.
    confidence, ranking = (None, []) if turn.pressed else (turn.confidence, turn.ranking[:2])
    found = [(one["entity"], one["value"]) for one in turn.entities if one["entity"] != bot_data.QUESTION]
    return TurnExplanation(
        topic=bot_data.intent_title(turn.intent),
        question=_question(turn),
        confidence=None if confidence is None else round(100 * confidence),
        runners_up=[(bot_data.intent_title(one["name"]), round(100 * one["confidence"])) for one in ranking],
        entities=[(words["entities"].get(n, n), words["values"].get(str(v)) or shown(n, v)) for n, v in found],
        actions=[_action(action) for action in turn.actions],
        rule=bot_data.rule_of().get(turn.intent, ""),
        slots=[(words["slots"].get(name, name), shown(name, _label(v))) for name, v in sorted(turn.slots.items())],
        order=order,
        contradictions=contradictions.contradictions(turn, order) if order else [],
    )


def names_of(threads: Iterable[int]) -> Names:
    """The names of the customers whose orders were looked up in these conversations (their ids), in two queries."""
    turns = Turn.objects.filter(thread__in=set(threads), slots__has_key="email").order_by()
    return _names(turns.values_list("thread", "slots__email").distinct())


def masked(text: str, revealed: bool, names: tuple[str, ...]) -> str:
    return text if revealed else mask(text, names)


def _names(given: Iterable[tuple[int, Any]]) -> Names:
    from shop.models import Customer

    emails = dict.fromkeys((thread, str(email).lower()) for thread, email in given if email)
    people = Customer.objects.filter(email__in={email for _, email in emails})
    known = {email: names for email, *names in people.values_list("email", "first_name", "last_name")}
    found: Names = defaultdict(tuple)
    for thread, email in emails:
        found[thread] += tuple(known.get(email, ()))
    return found


def _question(turn: Turn) -> str:
    """The question's title; empty if it is the topic's own."""
    title = bot_data.questions().get(turn.question, "")
    return "" if title == bot_data.intent_title(turn.intent) else title


def _action(action: dict[str, str]) -> str:
    words = bot_data.labels()
    name = words["actions"].get(action["name"], action["name"])
    policy = words["policies"].get(action["policy"], action["policy"])
    return f"{name} ({policy})" if policy else name


def _label(value: Any) -> Any:
    """« oui », « non », or the title if the value is a question or an intent."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return bot_data.intent_title(value) if isinstance(value, str) else value
