from django.db import migrations, models

import chat.models


def reference(default):
    return models.CharField(db_default="", default=default, max_length=8, verbose_name="référence")


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0011_transfer_and_spells"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="asks",
            field=models.CharField(blank=True, db_default="", default="", max_length=14, verbose_name="demande"),
        ),
        # Django would call a callable default once, and give all existing rows the same reference.
        *(migrations.AddField(model, "reference", reference("")) for model in ("handoverrequest", "requestaddition")),
        *(
            migrations.AlterField(model, "reference", reference(chat.models.new_reference))
            for model in ("handoverrequest", "requestaddition")
        ),
    ]
