"""The search index: a virtual table of SQLite's FTS5, or a column of words with a GIN index in PostgreSQL."""

from django.db import migrations

CREATE = {
    "sqlite": ["CREATE VIRTUAL TABLE console_search USING fts5(words, prefix='2 3 4')"],
    "postgresql": [
        "CREATE TABLE console_search (thread_id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX console_search_words ON console_search USING gin (words)",
    ],
}


def create(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE console_search")


class Migration(migrations.Migration):
    dependencies = [("console", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
