"""The check of what an action answers: Rasa's own schema, read once, and of each event only its own kind's.

Rasa reads the schema anew at each answer and tries every event against all kinds, which took more than half of a
message's time (docs/performance.md). It names no other class for its remote actions: the check is exchanged on the
one that it has (bot/exchanged.py).
"""

import copy
from typing import Any

from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

_schema = copy.deepcopy(RemoteAction.action_response_format_spec())
_kinds = _schema["properties"]["events"]["items"].pop("oneOf")
_Validator = validator_for(_schema)
_answer = _Validator(_schema)
_event = {kind["properties"]["event"]["const"]: _Validator(kind) for kind in _kinds}


def check(action: RemoteAction, answer: dict[str, Any]) -> bool:
    """True; raises ValidationError where Rasa's own check does, but repeats nothing: a log may not hold it."""
    _refuse(best_match(_answer.iter_errors(answer)))
    for event in answer.get("events", []):
        validator = _event.get(event["event"])
        if validator is None:
            raise ValidationError("an event of a kind that no action may answer")
        _refuse(best_match(validator.iter_errors(event)))
    return True


def _refuse(wrong: ValidationError | None) -> None:
    if wrong:
        raise ValidationError(f"{wrong.json_path} is not what {wrong.validator!r} asks for") from None
