"""The customer's messages get a separate column in the search's table; the indexer writes all documents again."""

from django.db import migrations

CREATE = {
    "sqlite": ["CREATE VIRTUAL TABLE console_search USING fts5(customer, others, prefix='2 3 4')"],
    "postgresql": [
        "CREATE TABLE console_search"
        " (thread_id bigint PRIMARY KEY, customer tsvector NOT NULL, words tsvector NOT NULL)",
        "CREATE INDEX console_search_words ON console_search USING gin (words)",
        "CREATE INDEX console_search_customer ON console_search USING gin (customer)",
    ],
}


def create(apps, schema_editor):
    schema_editor.execute("DROP TABLE console_search")
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)
    apps.get_model("chat", "Conversation").objects.filter(erased_at=None).update(unindexed=True)


class Migration(migrations.Migration):
    dependencies = [("console", "0021_bulk_changes"), ("chat", "0013_photos")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
