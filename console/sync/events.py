"""Rasa's table of events, read only: `bot/tracker_store.py` writes it, in a database of its own."""

from typing import ClassVar

from django.db import models

ALIAS = "rasa"


class RasaEvent(models.Model):
    """A row as Rasa's SQLTrackerStore writes it; `data` is the event as JSON."""

    sender_id = models.CharField(max_length=255)
    type_name = models.CharField(max_length=255)
    timestamp = models.FloatField()
    data = models.TextField()

    objects: ClassVar[models.Manager["RasaEvent"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "events"
        app_label = "console"

    def __str__(self) -> str:
        return f"{self.type_name} {self.pk}"
