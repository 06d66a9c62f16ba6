"""Clusters of similar messages."""

from collections import defaultdict

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer

# Maximum average cosine distance within a cluster.
MAX_DISTANCE = 0.82


def grouped(texts: list[str]) -> list[tuple[list[int], list[str]]]:
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
