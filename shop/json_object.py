"""Parses a request's body strictly: one JSON object in UTF-8 (RFC 8259) that all parsers interpret identically."""

import json
from typing import Any


class NotAnObject(ValueError):
    """The body is no valid JSON object. The message says why, without quoting the body."""


def parse(body: bytes) -> dict[str, Any]:
    """The object. Raises NotAnObject, also for duplicate names, NaN, too many levels or too many digits."""
    try:
        found = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_refuse)
    except (ValueError, RecursionError) as fault:
        raise NotAnObject("the body is not JSON") from fault
    if not isinstance(found, dict):
        raise NotAnObject("the body is not a JSON object")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Python would keep the last value; another reader, such as a proxy's filter, may have checked the first one.
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _refuse(constant: str) -> None:
    raise ValueError
