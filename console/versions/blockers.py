"""The reasons, in French, not to put a version into service: bad results, and checks that are missing."""

from collections.abc import Iterator
from typing import Any

from console.models import Replay


def of_evaluation(figures: dict[str, Any]) -> list[str]:
    """From the figures of console/versions/evaluation.py. Results that make a rollout impossible are not among them."""
    return [*_bad(figures), *_unchecked(figures)]


def of_replay(replay: Replay | None, is_current: bool, counts: dict[str, int]) -> list[str]:
    """`counts`: of console/versions/replays.py."""
    if replay is None or replay.state != Replay.State.DONE or not is_current:
        return ["les conversations n’ont pas été rejouées jusqu’au bout avec le modèle en service"]
    return [
        *_counted(counts["worse"], "réponse est jugée moins bonne", "réponses sont jugées moins bonnes"),
        *_counted(counts["open"], "réponse qui change est à juger", "réponses qui changent sont à juger"),
    ]


def _bad(figures: dict[str, Any]) -> Iterator[str]:
    yield from _counted(
        len(figures["wrong"]), "correction est encore lue autrement", "corrections sont encore lues autrement"
    )
    if golden := figures.get("golden"):
        wrong = golden["conversations"] - golden["right"]
        what = "conversation de référence n’a pas la réponse voulue"
        yield from _counted(wrong, what, "conversations de référence n’ont pas la réponse voulue")
        changed = len(golden["changes"])
        yield from _counted(changed, "conversation de référence change", "conversations de référence changent")
    if facts := figures.get("facts"):
        wrong = len(facts["wrong"])
        what = "réponse ne dit pas les règles de la boutique"
        yield from _counted(wrong, what, "réponses ne disent pas les règles de la boutique")


def _unchecked(figures: dict[str, Any]) -> Iterator[str]:
    if "dialogues" not in figures or "golden" not in figures:
        yield "les dialogues et les conversations de référence n’ont pas été joués"
    if "facts" not in figures:
        yield "les règles de la boutique n’ont pas été vérifiées"


def _counted(count: int, one: str, several: str) -> list[str]:
    """« 2 réponses… »; nothing for 0."""
    return [f"{count} {several if count > 1 else one}"] if count else []
