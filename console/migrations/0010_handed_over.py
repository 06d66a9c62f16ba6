"""« Transmise » becomes three outcomes. The indexer reads those conversations again to find which one applies."""

from django.db import migrations, models


def read_again(apps, schema_editor):
    threads = apps.get_model("console", "Thread").objects.filter(outcome="escalated")
    conversations = apps.get_model("chat", "Conversation").objects
    conversations.filter(pk__in=threads.values("chat")).update(unindexed=True)
    threads.update(outcome="contacts")


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0010_request_additions'),
        ('console', '0009_form_input'),
    ]

    operations = [
        migrations.AlterField(
            model_name='thread',
            name='outcome',
            field=models.CharField(choices=[('ongoing', 'en cours'), ('person', 'reprise par une personne'), ('request', 'demande laissée'), ('contacts', 'contacts donnés'), ('fallback', 'sans réponse'), ('abandoned', 'abandonnée'), ('asked_back', 'reformulée'), ('answered', 'répondue')], default='ongoing', max_length=10, verbose_name='issue'),
        ),
        migrations.RunPython(read_again, migrations.RunPython.noop),
    ]
