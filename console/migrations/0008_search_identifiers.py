from django.db import migrations


def index_again(apps, schema_editor):
    """The search's documents now contain identifiers in one form: the indexer writes all of them again."""
    apps.get_model("chat", "Conversation").objects.filter(erased_at=None).update(unindexed=True)


class Migration(migrations.Migration):
    dependencies = [("console", "0007_older_decisions"), ("chat", "0010_request_additions")]

    operations = [migrations.RunPython(index_again, migrations.RunPython.noop)]
