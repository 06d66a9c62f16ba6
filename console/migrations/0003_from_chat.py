"""Turns refer to messages of `chat` instead of events of Rasa's store; the tables of the copying are dropped.

Conversations of the development channel, which `chat` never stored, are deleted from the console.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Cast


def number_turns(apps, schema_editor):
    apps.get_model("console", "Thread").objects.filter(chat=None).delete()
    turns = apps.get_model("console", "Turn").objects
    turns.update(seq=Cast("message_id", models.PositiveIntegerField()))


class Migration(migrations.Migration):
    dependencies = [("console", "0002_search"), ("chat", "0005_explanations")]
    operations = [
        migrations.AddField("turn", "seq", models.PositiveIntegerField("n° du message", default=0), False),
        migrations.RunPython(number_turns, migrations.RunPython.noop),
        migrations.RemoveIndex("turn", "turn_of_message"),
        migrations.AlterModelOptions("turn", {"ordering": ["seq"], "verbose_name": "tour"}),
        migrations.RemoveField("turn", "source_id"),
        migrations.RemoveField("turn", "message_id"),
        migrations.AddConstraint(
            "turn", models.UniqueConstraint(fields=["thread", "seq"], name="one_turn_a_message")
        ),
        migrations.AlterField(
            "thread",
            "chat",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="thread", to="chat.conversation"
            ),
        ),
        migrations.RemoveIndex("thread", "thread_unexplained"),
        migrations.RemoveField("thread", "unexplained"),
        migrations.RemoveField("thread", "channel"),
        migrations.DeleteModel("Cursor"),
        migrations.DeleteModel("BadRow"),
    ]
