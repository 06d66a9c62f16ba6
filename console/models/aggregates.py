"""Stored aggregates of the statistics."""

from django.db import models


class DayTally(models.Model):
    """The aggregates of a final day (console/daily_aggregates.py); None after a change, until they are computed again.

    Each change gives the day another `version`.
    """

    day = models.DateField(primary_key=True)
    tally = models.JSONField(null=True)
    version = models.CharField(max_length=16)

    def __str__(self) -> str:
        return f"{self.day}"


class WeekTally(models.Model):
    """The aggregates of a week, valid only for these versions of its days."""

    monday = models.DateField(primary_key=True)
    tally = models.JSONField()
    versions = models.CharField(max_length=112)

    def __str__(self) -> str:
        return f"{self.monday}"
