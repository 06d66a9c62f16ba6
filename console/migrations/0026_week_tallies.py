from django.db import migrations, models


def count_again(apps, schema_editor):
    """The stored days have waits and durations in an older format. Delete them: the indexer computes them again."""
    apps.get_model("console", "DayTally").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ("console", "0025_shared_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="WeekTally",
            fields=[
                ("monday", models.DateField(primary_key=True, serialize=False)),
                ("tally", models.JSONField()),
                ("versions", models.CharField(max_length=112)),
            ],
        ),
        migrations.RunPython(count_again, migrations.RunPython.noop),
    ]
