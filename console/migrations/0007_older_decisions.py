from django.db import migrations


def from_verdicts_and_corrections(apps, schema_editor):
    """Create decisions from the verdicts and corrections that are older than the history."""
    Thread, Correction, Decision = (apps.get_model("console", name) for name in ("Thread", "Correction", "Decision"))
    judged = Thread.objects.exclude(verdict="").order_by().iterator(chunk_size=500)
    rows = [Decision(thread_id=one.pk, value=one.verdict, user_id=one.reviewed_by_id) for one in judged]
    corrected = Correction.objects.select_related("turn").order_by("at").iterator(chunk_size=500)
    rows += [
        Decision(
            thread_id=one.turn.thread_id, turn_id=one.turn_id, user_id=one.user_id,
            value=f"{one.entity}={one.entity_value}" if one.entity else one.intent,
        )
        for one in corrected
    ]  # fmt: skip
    Decision.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("console", "0006_decision")]

    operations = [migrations.RunPython(from_verdicts_and_corrections, migrations.RunPython.noop)]
