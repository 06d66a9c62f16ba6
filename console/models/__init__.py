"""The console's tables: conversations with the explanation of each turn, and the team's work on them.

The former are derived from `chat` (console/indexing/), and can be derived again (`manage.py rebuild_console`).
"""

from console.models.accounts import RecoveryDevice
from console.models.aggregates import DayTally, WeekTally
from console.models.team import BulkChange, CannedReply, Decision, Erasure, Flag, Note, Presence, SavedView
from console.models.threads import HANDED_OVER, Facet, FacetKind, Outcome, Resolution, Thread, Turn, Verdict
from console.models.training import (
    AddedQuestion,
    Asking,
    Correction,
    Judgement,
    OpenQuestion,
    Repaired,
    Sampled,
    Unlearnt,
)
from console.models.versions import (
    ANSWER_LENGTH,
    Difference,
    LiveVersion,
    Replay,
    Rollout,
    Version,
    VersionPiece,
    WorkerLease,
)

__all__ = [
    "ANSWER_LENGTH",
    "HANDED_OVER",
    "AddedQuestion",
    "Asking",
    "BulkChange",
    "CannedReply",
    "Correction",
    "DayTally",
    "Decision",
    "Difference",
    "Erasure",
    "Facet",
    "FacetKind",
    "Flag",
    "Judgement",
    "LiveVersion",
    "Note",
    "OpenQuestion",
    "Outcome",
    "Presence",
    "RecoveryDevice",
    "Repaired",
    "Replay",
    "Resolution",
    "Rollout",
    "Sampled",
    "SavedView",
    "Thread",
    "Turn",
    "Unlearnt",
    "Verdict",
    "Version",
    "VersionPiece",
    "WeekTally",
    "WorkerLease",
]
