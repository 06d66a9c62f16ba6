"""« Ce que le bot ne comprend pas »: clusters of the last days' unanswered messages."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer

from console import bot_data
from console.models import Turn
from shop import clock

# Maximum number of distinct messages per clustering, whose cost is quadratic.
MAX_MESSAGES = 800
EXAMPLES = 5
# Maximum average cosine distance within a cluster.
MAX_DISTANCE = 0.82


@dataclass(frozen=True)
class Cluster:
    """`count` messages; `words` are what they share; `turns` are examples, the most typical first."""

    words: list[str]
    count: int
    turns: list[Turn]


def clusters(days: int) -> list[Cluster]:
    """The clusters of the last `days` days, the largest first."""
    turns = Turn.objects.filter(unanswered=True, pressed=False, at__gte=clock.now() - timedelta(days=days))
    latest = list(turns.select_related("thread").order_by("-at")[: 4 * MAX_MESSAGES])
    same = Counter(bot_data.normalised(turn.text) for turn in latest)
    distinct = list({bot_data.normalised(turn.text): turn for turn in reversed(latest)}.items())[-MAX_MESSAGES:]
    if len(distinct) < 2:
        return [Cluster(key.split()[:4], same[key], [turn]) for key, turn in distinct]
    groups = _grouped([key for key, _ in distinct])
    found = [_cluster([distinct[i] for i in members], same, words) for members, words in groups]
    return sorted(found, key=lambda cluster: -cluster.count)


def _cluster(members: list[tuple[str, Turn]], same: Counter[str], words: list[str]) -> Cluster:
    return Cluster(words, sum(same[key] for key, _ in members), [turn for _, turn in members[:EXAMPLES]])


def _grouped(texts: list[str]) -> list[tuple[list[int], list[str]]]:
    """[(members, the most typical first; the words with the highest weight)]"""
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts)
    vectorizer = TfidfVectorizer(token_pattern=r"[a-z]{4,}", sublinear_tf=True)
    try:
        by_word = vectorizer.fit_transform(texts)
        names = vectorizer.get_feature_names_out()
    except ValueError:  # no word of four letters
        by_word, names = letters, np.array([""] * letters.shape[1])
    distances = np.clip(1.0 - (letters @ letters.T).toarray(), 0.0, 1.0)
    clustering = AgglomerativeClustering(
        n_clusters=None, affinity="precomputed", linkage="average", distance_threshold=MAX_DISTANCE
    )
    members: dict[int, list[int]] = defaultdict(list)
    for i, label in enumerate(clustering.fit_predict(distances)):
        members[label].append(i)
    groups = []
    for rows in members.values():
        rows.sort(key=lambda i: distances[i, rows].sum())
        weight = np.asarray(by_word[rows].sum(axis=0)).ravel()
        groups.append((rows, [str(names[i]) for i in np.argsort(-weight)[:4] if weight[i] > 0 and names[i]]))
    return groups
