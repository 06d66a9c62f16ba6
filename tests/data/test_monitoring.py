"""deploy/monitoring/: alerts and dashboard query only metrics that the processes export."""

import json
import re

from prometheus_client import REGISTRY, generate_latest

from harness.deploy_files import DEPLOY
from harness.project import read


def metrics(expression):
    """The metric names in a PromQL expression."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)|\d\S*", " ", expression)
    return set(re.findall(r"\b[a-z][a-z0-9_]*\b(?!\s*\()", bare))


def test_alerts_and_dashboard_ask_for_metrics_that_there_are(monkeypatch):
    import actions.base  # noqa: F401
    import bot.metrics  # noqa: F401
    import chat.metrics
    import console.indexing.indexer  # noqa: F401

    # As if the database had answered.
    monkeypatch.setattr(chat.metrics.pending, "backlog", (0, 0.0))
    monkeypatch.setattr(chat.metrics.lookups, "found", (0, {"all": False}))
    there = {"up"}
    told = generate_latest(REGISTRY).decode()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", told, re.MULTILINE):
        there |= {f"{name}_{part}" for part in ("bucket", "count", "sum")} if kind == "histogram" else {name}
    panels = json.loads((DEPLOY / "monitoring" / "dashboard.json").read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    (group,) = read(DEPLOY / "monitoring" / "alerts.yml")["groups"]
    asked += [rule["expr"] for rule in group["rules"]]
    assert len(asked) > 15
    for expression in asked:
        assert metrics(expression), expression
        assert metrics(expression) <= there, f"{metrics(expression) - there} in {expression}"
    assert all({"summary", "do"} <= set(rule["annotations"]) for rule in group["rules"])
