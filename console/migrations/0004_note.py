from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("console", "0003_from_chat")]

    operations = [
        migrations.RenameModel("Remark", "Note"),
        migrations.AlterField(
            "note",
            "thread",
            models.ForeignKey(
                on_delete=models.deletion.CASCADE, related_name="notes", to="console.thread"
            ),
        ),
    ]
