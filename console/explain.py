"""Why the bot answered a message as it did, in words that someone who is no developer reads."""

from dataclasses import dataclass
from typing import Any

from console import orders, project
from console.models import Turn
from console.privacy.masking import mask, mask_value
from console.training.neighbours import Near, space


@dataclass(frozen=True)
class Why:
    """What stands beside a turn."""

    intent: str
    confidence: int | None
    runners_up: list[tuple[str, int]]
    entities: list[tuple[str, str]]
    actions: list[str]
    rule: str
    slots: list[tuple[str, str]]
    nearest: list[Near]
    order: orders.OrderThen | None
    contradictions: list[str]


def why(turn: Turn, revealed: bool, names: tuple[str, ...]) -> Why:
    """Personal data masked unless revealed; `names` are those known to be in the conversation."""

    def shown(name: str, value: Any) -> str:
        return str(value) if revealed else mask_value(name, value, names)

    words = project.vocabulary()
    order = orders.at_minute(turn)
    return Why(
        intent=project.intent_title(turn.intent),
        confidence=None if turn.confidence is None or turn.pressed else round(100 * turn.confidence),
        runners_up=[]
        if turn.pressed
        else [(project.intent_title(r["name"]), round(100 * r["confidence"])) for r in turn.ranking[:2]],
        entities=[
            (words["entities"].get(e["entity"], e["entity"]), shown(e["entity"], e["value"])) for e in turn.entities
        ],
        actions=[_action(action) for action in turn.actions],
        rule=project.rule_of().get(turn.intent, ""),
        slots=[
            (words["slots"].get(name, name), shown(name, _said(value))) for name, value in sorted(turn.slots.items())
        ],
        nearest=[] if turn.pressed else space().nearest(turn.text),
        order=order,
        contradictions=orders.contradictions(turn, order) if order else [],
    )


def names_in(turns: list[Turn]) -> tuple[str, ...]:
    """The names of the customers whose orders were looked up in these turns."""
    from shop.models import Customer

    emails = {str(turn.slots["email"]).lower() for turn in turns if turn.slots.get("email")}
    people = Customer.objects.filter(email__in=emails).values_list("first_name", "last_name")
    return tuple(name for person in people for name in person)


def masked(text: str, revealed: bool, names: tuple[str, ...]) -> str:
    return text if revealed else mask(text, names)


def _action(action: dict[str, str]) -> str:
    words = project.vocabulary()
    name = words["actions"].get(action["name"], action["name"])
    policy = words["policies"].get(action["policy"], action["policy"])
    return f"{name} ({policy})" if policy else name


def _said(value: Any) -> Any:
    return {True: "oui", False: "non"}[value] if isinstance(value, bool) else value
