"""Runs the model's graph for one message: the same nodes as Rasa's runner, in an order computed once.

Rasa's runner plans again for each message, and visits a node once for every path to it.
"""

from functools import lru_cache
from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner

Step = tuple[str, tuple[str, ...]]


class PlannedRunner(GraphRunner):
    """Runs the nodes of a loaded DaskGraphRunner in sequence, because a scheduler does not help a single process."""

    def __init__(self, loaded: DaskGraphRunner) -> None:
        self._schema = loaded._graph_schema
        self._nodes: dict[str, GraphNode] = loaded._instantiated_nodes
        self._plan = lru_cache(self._planned)

    @classmethod
    def create(cls, *arguments: Any, **options: Any) -> "PlannedRunner":
        return cls(DaskGraphRunner.create(*arguments, **options))

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The targets' outputs. Raises the same errors as Rasa's runner if a component fails."""
        wanted = tuple(targets or self._schema.target_names)
        values = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._plan(wanted):
            values[name] = self._nodes[name](*(values.get(need, need) for need in needs))
        return dict(values[name] for name in wanted)

    def _planned(self, targets: tuple[str, ...]) -> list[Step]:
        """(node, the nodes and inputs that it needs), in topological order."""
        schema = self._schema.minimal_graph_schema(list(targets)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in schema.items()}
        return [(name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in needs]
