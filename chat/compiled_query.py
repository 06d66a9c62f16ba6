"""Compiles frequent queries to SQL once: building a query takes Django longer than running it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class Param(Expression):
    """A named parameter of a compiled query."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """Return the parameter itself as its value; `CompiledQuery` replaces it by the actual one."""
        return "%s", [self]


class CompiledQuery(Generic[M]):
    """`CompiledQuery(build).first(id=…)`: `build` runs once, with a `Param` for each value that differs by call."""

    def __init__(self, build: Callable[[], "QuerySet[M]"]) -> None:
        self._build = build

    def first(self, **values: Any) -> M | None:
        """The first row. A query that locks rows needs a transaction."""
        model, sql, parameters = self._compiled
        return next(iter(model.objects.raw(sql, [_bound(one, values) for one in parameters])), None)

    @cached_property
    def _compiled(self) -> tuple[Any, str, tuple[Any, ...]]:
        query = self._build().query
        return query.model, *query.get_compiler(connection=connection).as_sql()


def _bound(parameter: Any, values: dict[str, Any]) -> Any:
    if not isinstance(parameter, Param):
        return parameter
    return parameter.output_field.get_db_prep_value(values[parameter.name], connection)
