from django.db import migrations, models


class Migration(migrations.Migration):
    """Failures are counted against whoever fails, in one table.

    The tables of the last release stay until the next one, because its processes still write to them while they are
    replaced one after the other.
    """

    dependencies = [("shop", "0003_validators")]

    operations = [
        migrations.CreateModel(
            name="FailedLookup",
            fields=[
                ("attempt", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                ("conversation", models.CharField(db_index=True, max_length=64)),
                ("address", models.CharField(blank=True, db_index=True, max_length=64)),
                ("email", models.CharField(db_index=True, max_length=64)),
                ("number", models.CharField(db_index=True, max_length=64)),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("LookupFailure"), migrations.DeleteModel("LookupGuard")]
        ),
    ]
