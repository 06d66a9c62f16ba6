"""Stored aggregates of the statistics."""

from django.db import models


class DayTally(models.Model):
    """What a settled day adds up to, for the statistics (console/tallies.py); no tally: it has to be counted again.

    `version` differs after each change of what was counted.
    """

    day = models.DateField(primary_key=True)
    tally = models.JSONField(null=True)
    version = models.CharField(max_length=16)

    def __str__(self) -> str:
        return f"{self.day}"


class WeekTally(models.Model):
    """What the days of a week add up to, as long as they have these versions; it is true of nothing else."""

    monday = models.DateField(primary_key=True)
    tally = models.JSONField()
    versions = models.CharField(max_length=112)

    def __str__(self) -> str:
        return f"{self.monday}"
