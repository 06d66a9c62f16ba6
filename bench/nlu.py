"""`python -m bench.nlu`: ablation of the feature sets, and the curve from which config.yml's thresholds are chosen."""

import time
from collections.abc import Sequence

import numpy as np
import yaml

from bench.e5 import E5
from bot.nlu.features import FEATURE_SETS
from bot.nlu.model import IntentModel, Ranking
from tests.project import ROOT, heldout_lines, heldout_sets, training_lines

OUT_OF_SCOPE = "out_of_scope"
FEATURE_SETS["e5"] = E5
STRENGTH = 10.0
COMBINATIONS: list[tuple[str, ...]] = [
    ("words",),
    ("characters",),
    ("characters", "words"),
    ("characters", "words", "lemmas"),
    ("characters", "words", "use"),
    ("characters", "words", "e5"),
    ("characters", "words", "lemmas", "use"),
    ("characters", "words", "lemmas", "use", "e5"),
]


def fitted(features: Sequence[str], strength: float) -> IntentModel:
    model = IntentModel(list(features), strength)
    lines = training_lines()
    model.fit([line for _, _, line in lines], [intent for _, intent, _ in lines])
    return model


def share_right(rankings: list[Ranking], intents: list[str]) -> tuple[float, float]:
    """(of in-scope lines, of out-of-scope lines), judged on the likeliest intent alone."""
    hits = np.array([ranking[0][0] == intent for ranking, intent in zip(rankings, intents, strict=True)])
    outside = np.array([intent == OUT_OF_SCOPE for intent in intents])
    return float(hits[~outside].mean()), float(hits[outside].mean())


def ablation() -> None:
    print(f"\n{len(training_lines())} training lines; likeliest intent right, in scope / out of scope\n")
    print(f"| features | {' | '.join(heldout_sets())} | training | a message |")
    print("|---|" + "---|" * (len(heldout_sets()) + 2))
    for features in COMBINATIONS:
        print(_ablation_row(features), flush=True)


def _ablation_row(features: Sequence[str]) -> str:
    begin = time.perf_counter()
    model = fitted(features, STRENGTH)
    training = time.perf_counter() - begin
    cells, spent, count = [], 0.0, 0
    for name in heldout_sets():
        intents, lines = zip(*heldout_lines(name), strict=True)
        begin = time.perf_counter()
        rankings = [model.rank([line])[0] for line in lines]
        spent, count = spent + time.perf_counter() - begin, count + len(lines)
        cells.append("{:.3f} / {:.3f}".format(*share_right(rankings, list(intents))))
    times = f"{training:.0f} s | {1000 * spent / count:.1f} ms"
    return f"| {' + '.join(features)} | {' | '.join(cells)} | {times} |"


def thresholds() -> None:
    """Right, asked back and wrong as the threshold rises, on the first set alone: the others stay for the verdict."""
    settings = next(
        part for part in yaml.safe_load((ROOT / "config.yml").read_text())["pipeline"] if "features" in part
    )
    model = fitted(settings["features"], settings["strength"])
    intents, lines = zip(*heldout_lines(heldout_sets()[0]), strict=True)
    rankings = model.rank(list(lines))
    print(f"\n{heldout_sets()[0]} lines, in scope: right, asked back, wrong; out of scope: recognised, asked back\n")
    print("| threshold | ambiguity | right | asked back | wrong | recognised | asked back |")
    print("|---|---|---|---|---|---|---|")
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5):
        for ambiguity in (0.0, 0.05, 0.1):
            print(_threshold_row(rankings, list(intents), threshold, ambiguity))


def _threshold_row(rankings: list[Ranking], intents: list[str], threshold: float, ambiguity: float) -> str:
    first = np.array([ranking[0][1] for ranking in rankings])
    second = np.array([ranking[1][1] for ranking in rankings])
    asked = (first < threshold) | (first - second < ambiguity)
    hit = np.array([ranking[0][0] == intent for ranking, intent in zip(rankings, intents, strict=True)])
    outside = np.array([intent == OUT_OF_SCOPE for intent in intents])
    right, back = (hit & ~asked)[~outside].mean(), asked[~outside].mean()
    seen, seen_back = (hit & ~asked)[outside].mean(), asked[outside].mean()
    shares = " | ".join(f"{share:.3f}" for share in (right, back, 1 - right - back, seen, seen_back))
    return f"| {threshold} | {ambiguity} | {shares} |"


if __name__ == "__main__":
    ablation()
    thresholds()
