import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table `chat_spell` keeps its name."""

    dependencies = [
        ('chat', '0015_urgent_reasons'),
    ]

    operations = [
        migrations.AlterModelTable(name='spell', table='chat_spell'),
        migrations.RenameModel(old_name='Spell', new_name='ServicePeriod'),
        migrations.AlterField(
            model_name='serviceperiod',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_periods', to='chat.conversation'),
        ),
        migrations.RenameIndex(
            model_name='conversation', old_name='conversation_owed', new_name='conversation_pending'
        ),
    ]
