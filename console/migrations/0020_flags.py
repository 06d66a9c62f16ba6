import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def from_notes(apps, schema_editor):
    """Turn the notes on messages into flags."""
    Note, Flag = apps.get_model("console", "Note"), apps.get_model("console", "Flag")
    for note in Note.objects.exclude(turn=None):
        flag = Flag.objects.create(thread_id=note.thread_id, turn_id=note.turn_id, user_id=note.user_id, text=note.text[:300])
        Flag.objects.filter(pk=flag.pk).update(at=note.at)
        note.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('console', '0019_replay'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='note',
            name='turn',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='console.turn'),
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('text', models.CharField(max_length=300, verbose_name='pourquoi')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='réglé le')),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='console.thread')),
                ('turn', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='console.turn')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at'],
                'indexes': [models.Index(condition=models.Q(('settled_at', None)), fields=['thread'], name='flag_open')],
            },
        ),
        migrations.RunPython(from_notes, migrations.RunPython.noop),
    ]
