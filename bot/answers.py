"""The check of what an action answers: the same schema, read once.

Rasa checks the schema itself anew at each answer, which took more than half of a message's time (docs/performance.md).
Rasa names no other class for its remote actions, so the check is exchanged on the class it has.
"""

from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

_schema = RemoteAction.action_response_format_spec()
_validator = validator_for(_schema)(_schema)


def check(action: RemoteAction, answer: dict[str, Any]) -> bool:
    """True; raises jsonschema's ValidationError where Rasa's own check does."""
    if wrong := best_match(_validator.iter_errors(answer)):
        raise wrong
    return True


def check_quickly() -> None:
    """From here on all actions of this process are checked so."""
    RemoteAction._validate_action_result = check
