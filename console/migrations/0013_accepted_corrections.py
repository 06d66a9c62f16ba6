import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def accept_exported(apps, schema_editor):
    """An exported correction counts as accepted when it was exported; by whom was not stored."""
    Correction = apps.get_model("console", "Correction")
    Correction.objects.exclude(exported_at=None).update(accepted_at=models.F("exported_at"))


class Migration(migrations.Migration):
    dependencies = [("console", "0012_indexed_messages"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("correction", "after", models.CharField("après", max_length=60, blank=True, db_default="")),
        migrations.AlterField("correction", "plain", models.TextField("ligne comparée")),
        migrations.AddField("correction", "accepted_at", models.DateTimeField("acceptée le", null=True, blank=True)),
        migrations.AddField(
            "correction",
            "accepted_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL, django.db.models.deletion.SET_NULL, null=True, blank=True, related_name="accepted"
            ),
        ),
        migrations.RunPython(accept_exported, migrations.RunPython.noop),
        migrations.RemoveField("correction", "exported_at"),
        migrations.AddConstraint(
            "correction", models.UniqueConstraint(fields=["plain", "after"], name="one_correction_a_line")
        ),
        migrations.CreateModel(
            "Unlearnt",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
