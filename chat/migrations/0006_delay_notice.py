from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("chat", "0005_explanations")]

    operations = [migrations.RenameField("message", "trouble_told", "delay_notice_sent")]
