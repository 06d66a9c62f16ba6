"""« Ce que le bot ne comprend pas »: clusters of the last days' unanswered messages."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from console import bot_data
from console.computing import COMPARED_CHARACTERS
from console.computing.worker import compute
from console.models import Turn
from shop import clock

# Maximum number of distinct messages per clustering, whose cost is quadratic.
MAX_MESSAGES = 800
EXAMPLES = 5


@dataclass(frozen=True)
class Cluster:
    """`count` messages; `words` are what they share; `turns` are examples, the most typical first."""

    words: list[str]
    count: int
    turns: list[Turn]


def clusters(days: int) -> list[Cluster]:
    """The clusters of the last `days` days, the largest first. Raises NotComputed."""
    turns = Turn.objects.filter(unanswered=True, pressed=False, at__gte=clock.now() - timedelta(days=days))
    latest = list(turns.select_related("thread").order_by("-at")[: 4 * MAX_MESSAGES])
    same = Counter(_compared(turn) for turn in latest)
    distinct = list({_compared(turn): turn for turn in reversed(latest)}.items())[-MAX_MESSAGES:]
    if len(distinct) < 2:
        return [Cluster(key.split()[:4], same[key], [turn]) for key, turn in distinct]
    groups = compute("clustering", "grouped", [key for key, _ in distinct])
    found = [_cluster([distinct[i] for i in members], same, words) for members, words in groups]
    return sorted(found, key=lambda cluster: -cluster.count)


def _compared(turn: Turn) -> str:
    return bot_data.normalised(turn.text[:COMPARED_CHARACTERS])


def _cluster(members: list[tuple[str, Turn]], same: Counter[str], words: list[str]) -> Cluster:
    return Cluster(words, sum(same[key] for key, _ in members), [turn for _, turn in members[:EXAMPLES]])
