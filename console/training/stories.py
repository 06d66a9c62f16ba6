"""A conversation as a test story for tests/stories/: the intents, and the actions that the rules chose.

`rasa test` runs no custom action. Therefore turns inside a form and actions that another action called are left out. If
a message was corrected, the story expects the correct intent and the action of its rule.
"""

import re
from typing import Any

import yaml

from console import bot_data, explain
from console.models import Thread, Turn
from console.privacy.masking import NEUTRAL, neutral

# Maximum number of turns in a story.
MAX_TURNS = 100
PERSONAL = {"email", "order_number", "tradein_number"}


def story_of(thread: Thread) -> str:
    """The YAML of the test story, without personal data."""
    turns = thread.turns.prefetch_related("corrections")[:MAX_TURNS]
    names = explain.names_of([thread.pk])[thread.pk]
    steps: list[dict[str, Any]] = []
    form = ""
    for turn in turns:
        if not form and not turn.pressed:
            steps += _steps(turn, names)
        if any("active_loop" in step for step in steps):
            break  # the next step depends on what the form's actions found
        form = turn.form
    story = {"story": f"console – conversation {thread.pk}", "steps": steps}
    return yaml.safe_dump({"version": "3.1", "stories": [story]}, allow_unicode=True, sort_keys=False, width=1000)


def _steps(turn: Turn, names: tuple[str, ...]) -> list[dict[str, Any]]:
    right = next((c.intent for c in turn.corrections.all() if not c.entity), turn.intent)
    intent = bot_data.topic_of(right)
    following = bot_data.steps_after().get(intent)
    if not following:
        return []
    return [{"user": _annotated(turn, names), "intent": intent}, *following]


def _annotated(turn: Turn, names: tuple[str, ...]) -> str:
    """The message with its entities annotated as in Rasa's test stories, and their values neutral."""
    text, pieces, end = turn.text, [], 0
    for entity in sorted(turn.entities, key=lambda one: one["start"] or 0):
        if entity["start"] is None or entity["start"] < end:
            continue
        words = text[entity["start"] : entity["end"]]
        pieces += [_neutral_piece(text[end : entity["start"]], names), _marked(entity, words)]
        end = entity["end"]
    return " ".join("".join([*pieces, _neutral_piece(text[end:], names)]).split())


def _neutral_piece(text: str, names: tuple[str, ...]) -> str:
    """The text with neutral placeholders, and its leading and trailing blanks."""
    inner = text.strip()
    return text.replace(inner, neutral(inner, names)) if inner else text


def _marked(entity: dict[str, Any], words: str) -> str:
    name, value = entity["entity"], entity["value"]
    if name in PERSONAL:
        return f"[{_neutral_value(name)}]({name})"
    same = re.sub(r"\s+", " ", words) == value
    return f"[{words}]({name})" if same else f'[{words}]{{"entity": "{name}", "value": "{value}"}}'


def _neutral_value(name: str) -> str:
    words = {"email": "[e-mail]", "order_number": "[n° de commande]", "tradein_number": "[n° de reprise]"}
    return NEUTRAL[words[name]]
