"""Queries that every message asks, compiled once: Django takes longer to build one than the database to answer it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class Given(Expression):
    """A place in a query for the value of this name, which each asking gives."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """Itself, as the parameter that `Prepared` fills in."""
        return "%s", [self]


class Prepared(Generic[M]):
    """`Prepared(query).first(id=…)`: `query` builds it once, with a `Given` wherever askings differ."""

    def __init__(self, query: Callable[[], "QuerySet[M]"]) -> None:
        self._query = query

    def first(self, **given: Any) -> M | None:
        """The first row. A query that locks it has to be asked in a transaction."""
        model, sql, parameters = self._compiled
        return next(iter(model.objects.raw(sql, [_filled(one, given) for one in parameters])), None)

    @cached_property
    def _compiled(self) -> tuple[Any, str, tuple[Any, ...]]:
        query = self._query().query
        return query.model, *query.get_compiler(connection=connection).as_sql()


def _filled(parameter: Any, given: dict[str, Any]) -> Any:
    if not isinstance(parameter, Given):
        return parameter
    return parameter.output_field.get_db_prep_value(given[parameter.name], connection)
