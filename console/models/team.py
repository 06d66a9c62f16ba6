"""The team's work on conversations, and its members' own texts and filters."""

from django.conf import settings
from django.db import models

from console import limits
from console.models.threads import Thread, Turn
from shop import clock

USER = settings.AUTH_USER_MODEL


class Note(models.Model):
    """An agent's note on a conversation."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="notes")
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField("note", max_length=limits.NOTE)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Flag(models.Model):
    """A mark on a conversation or one of its messages that the team must look at, until it is settled.

    Without `assigned_to`, anybody of the team may settle it.
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="flags")
    turn = models.ForeignKey(Turn, models.CASCADE, null=True, blank=True, related_name="flags")
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    text = models.CharField("pourquoi", max_length=limits.FLAG)
    assigned_to = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    settled_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField("réglé le", null=True, blank=True)

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["thread"], name="flag_open", condition=models.Q(settled_at=None))]

    def __str__(self) -> str:
        return f"signalement {self.pk}"


class Presence(models.Model):
    """A person who is viewing a conversation."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="presences")
    user = models.ForeignKey(USER, models.CASCADE)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="one_presence_a_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.at}"


class Decision(models.Model):
    """An immutable entry of the history: a verdict on a conversation (without `turn`), or a message's correction.

    `value`: a Verdict, a question, « entity=value », or "" if it was withdrawn.
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="decisions")
    turn = models.ForeignKey(Turn, models.CASCADE, null=True, blank=True, related_name="decisions")
    value = models.CharField(max_length=130, blank=True)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"décision {self.pk}"


class BulkChange(models.Model):
    """The changes of one bulk action, so that it can be undone. Stored for a day.

    `changed`: the numbers of the conversations, or of the flags if `action` is « flag » or « settle ». For the inbox's
    items, see console/inbox_bulk.py.
    """

    user = models.ForeignKey(USER, models.CASCADE)
    at = models.DateTimeField(default=clock.now, db_index=True)
    action = models.CharField(max_length=6)
    value = models.CharField(max_length=60, blank=True)
    changed = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"action {self.pk}"


class SavedView(models.Model):
    """A filter with a name."""

    owner = models.ForeignKey(USER, models.CASCADE)
    name = models.CharField("nom", max_length=limits.VIEW_NAME)
    query = models.CharField(max_length=1000)
    shared = models.BooleanField("partagée", default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CannedReply(models.Model):
    """A text that agents often send: an agent's own, or shared. It may contain placeholders (console/canned.py)."""

    owner = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True)
    title = models.CharField("titre", max_length=limits.CANNED_TITLE)
    text = models.TextField("texte", max_length=limits.MESSAGE)
    shared = models.BooleanField("pour toute l’équipe", default=False)

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class Erasure(models.Model):
    """The receipt of an erasure: what was erased, and a salted hash of the person."""

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    whom = models.CharField("empreinte", max_length=64)
    counts = models.JSONField("nombres effacés")

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"reçu n° {self.pk}"
