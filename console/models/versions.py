"""Versions of the model, their rollouts, and their comparisons with the live model."""

from django.conf import settings
from django.db import models

from console.models.threads import Turn

USER = settings.AUTH_USER_MODEL


class Version(models.Model):
    """A model trained by the worker on the project's data and the corrections accepted at that time.

    Its file is in the folder of bot/versions.py, named by `sha256`. Another file there names the version in service.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "en attente"
        TRAINING = "training", "en préparation"
        READY = "ready", "prête"
        FAILED = "failed", "non prête"
        CANCELLED = "cancelled", "annulée"

    number = models.PositiveIntegerField("n°", unique=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    step = models.CharField("étape", max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # Rasa's id of the model, which is stored with every message that it classifies (Turn.model).
    model = models.CharField(max_length=32, blank=True, default="", db_default="")
    data_hash = models.CharField(max_length=64, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    # Digests of the corrections' lines that it learnt.
    lines = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            # One training at a time.
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="training"), name="one_training")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    def replay_of(self, kind: "Replay.Kind") -> "Replay | None":
        return next((one for one in self.replays.all() if one.kind == kind), None)


class VersionPiece(models.Model):
    """A piece of a version's file, for PostgreSQL: bot/shared_versions.py reads and writes it."""

    sha256 = models.CharField(max_length=64)
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sha256", "place"], name="one_piece_a_place")]


class LiveVersion(models.Model):
    """The version in service, for PostgreSQL, and the installed model that it replaces; one row."""

    sha256 = models.CharField(max_length=64, blank=True)
    instead_of = models.CharField(max_length=64)


class WorkerLease(models.Model):
    """The lease of the running version worker; one row."""

    holder = models.CharField(max_length=32, blank=True)
    until = models.DateTimeField()


class Rollout(models.Model):
    """The rollout of a version, process after process; without a version, of the installed model."""

    class State(models.TextChoices):
        ASKED = "asked", "en cours"
        DONE = "done", "en service"
        FAILED = "failed", "arrêtée"

    version = models.ForeignKey(Version, models.CASCADE, null=True, blank=True, related_name="rollouts")
    state = models.CharField(max_length=6, choices=State, default=State.ASKED)
    problem = models.CharField(max_length=300, blank=True)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"mise en service {self.pk}"

    @property
    def seconds(self) -> int:
        """Seconds from the request until every process served the version."""
        return round((self.ended_at - self.at).total_seconds()) if self.ended_at else 0


# Maximum length of an answer's name (replay/answer_selection.py): three questions.
ANSWER_LENGTH = 200


class Replay(models.Model):
    """The comparison of a version with the model then in service, on stored conversations.

    `live`: that model's SHA-256.

    `cursor`: the last processed conversation; they are processed from the newest to the oldest. The cursor and the
    differences are stored together, so that a replay can resume after any interruption. `runner` identifies the running
    process.

    A shadow run compares both models on the new messages of each hour, until `until`. Messages before `read_to` have
    been compared.
    """

    class Kind(models.TextChoices):
        KEPT = "kept", "rejeu"
        SHADOW = "shadow", "essai silencieux"

    class State(models.TextChoices):
        QUEUED = "queued", "en attente"
        RUNNING = "running", "en cours"
        DONE = "done", "terminé"
        CANCELLED = "cancelled", "arrêté"
        FAILED = "failed", "interrompu"
        # A shadow run between two hours.
        LISTENING = "listening", "à l’écoute"

    # The states of an active shadow run.
    ON = (State.LISTENING, State.RUNNING)

    version = models.ForeignKey(Version, models.CASCADE, related_name="replays")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.KEPT, db_default=Kind.KEPT)
    live = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    runner = models.CharField(max_length=32, blank=True)
    cursor = models.BigIntegerField(null=True, blank=True)
    total = models.PositiveIntegerField("conversations à relire", default=0)
    conversations = models.PositiveIntegerField("conversations relues", default=0)
    messages = models.PositiveIntegerField("messages relus", default=0)
    changed = models.PositiveIntegerField("réponses qui changent", default=0)
    at = models.DateTimeField(auto_now_add=True)
    # Total run time of all its processes.
    seconds = models.FloatField(default=0)
    read_to = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField("jusqu’au", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "kind"], name="one_replay_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} de la {self.version}"

    @property
    def is_on(self) -> bool:
        """Whether it is an active shadow run."""
        return self.kind == self.Kind.SHADOW and self.state in self.ON


class Difference(models.Model):
    """A message whose answer changes; others with the same words and the same change are counted in `times`.

    `before` and `after`: answers as named by replay/answer_selection.py. `wanted`: the right question, if the message
    was corrected.
    """

    class Judgement(models.TextChoices):
        NONE = "", "à juger"
        BETTER = "better", "mieux"
        WORSE = "worse", "moins bien"
        EQUAL = "equal", "pareil"

    replay = models.ForeignKey(Replay, models.CASCADE, related_name="differences")
    turn = models.ForeignKey(Turn, models.CASCADE, related_name="+")
    before = models.CharField(max_length=ANSWER_LENGTH)
    after = models.CharField(max_length=ANSWER_LENGTH)
    digest = models.CharField(max_length=64)
    times = models.PositiveIntegerField(default=1)
    reviewed = models.BooleanField("conversation relue", default=False)
    wanted = models.CharField(max_length=60, blank=True)
    judgement = models.CharField(max_length=6, choices=Judgement, blank=True, default=Judgement.NONE)
    user = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-reviewed", "-times", "pk"]
        constraints = [models.UniqueConstraint(fields=["replay", "digest"], name="one_difference_a_wording")]
        indexes = [
            models.Index(fields=["replay", "before", "after", "-reviewed", "-times", "id"], name="difference_by_change")
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
