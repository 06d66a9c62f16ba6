import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import shop.clock


class Migration(migrations.Migration):

    dependencies = [
        ('console', '0020_flags'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(model_name='note', name='turn'),
        migrations.AlterField(
            model_name='decision',
            name='at',
            field=models.DateTimeField(default=shop.clock.now),
        ),
        migrations.CreateModel(
            name='BulkChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=shop.clock.now)),
                ('action', models.CharField(max_length=6)),
                ('value', models.CharField(blank=True, max_length=60)),
                ('changed', models.JSONField(default=list)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
