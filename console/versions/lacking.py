"""The reasons, in French, not to put a version into service: bad results, and checks that are missing."""

from typing import Any

from console.models import Replay


def of_certificate(figures: dict[str, Any]) -> list[str]:
    """By its figures (console/versions/certificate.py)."""
    wrong = len(figures["wrong"])
    said = f"{wrong} {'corrections sont encore lues' if wrong > 1 else 'correction est encore lue'} autrement"
    return [*([said] if wrong else []), "les dialogues et les conversations de référence n’ont pas été joués"]


def of_replay(replay: Replay | None, is_current: bool, counts: dict[str, int]) -> list[str]:
    """`counts`: of console/versions/replays.py."""
    if replay is None or replay.state != Replay.State.DONE or not is_current:
        return ["les conversations n’ont pas été rejouées jusqu’au bout avec le modèle en service"]
    worse, left = counts["worse"], counts["open"]
    bad = f"{worse} {'réponses sont jugées moins bonnes' if worse > 1 else 'réponse est jugée moins bonne'}"
    unseen = f"{left} {'réponses qui changent sont' if left > 1 else 'réponse qui change est'} à juger"
    return [said for said, count in ((bad, worse), (unseen, left)) if count]
