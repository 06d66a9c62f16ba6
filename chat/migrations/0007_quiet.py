from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0006_delay_notice")]

    operations = [
        migrations.AddField(
            "conversation", "last_at", models.DateTimeField("dernier message le", blank=True, null=True)
        ),
        migrations.AddField("conversation", "hidden", models.PositiveIntegerField(db_default=0, default=0)),
    ]
