"""The console's tables: conversations with the explanation of each turn, and the team's work on them.

The former are derived from `chat` (console/indexing/), and can be derived again (`manage.py rebuild_console`).
"""

import hashlib
import secrets
from base64 import b32encode

from django.conf import settings
from django.db import models
from django_otp.models import Device, ThrottlingMixin

from chat.models import Conversation
from console import bot_data
from shop import clock
from shop.limits import MAX_MESSAGE_CHARACTERS

USER = settings.AUTH_USER_MODEL
# Maximum length of an answer's name (replay/deciding.py): three questions.
ANSWER_LENGTH = 200


class Outcome(models.TextChoices):
    """How a conversation ended: the first outcome that applies, in the order of console/indexing/outcome.py."""

    ONGOING = "ongoing", "en cours"
    PERSON = "person", "reprise par une personne"
    REQUEST = "request", "demande laissée"
    CONTACTS = "contacts", "contacts donnés"
    FALLBACK = "fallback", "sans réponse"
    ABANDONED = "abandoned", "abandonnée"
    ASKED_BACK = "asked_back", "reformulée"
    ANSWERED = "answered", "répondue"


# Outcomes in which an agent was needed: one answered, a request was left, or the contacts were given.
HANDED_OVER = (Outcome.PERSON, Outcome.REQUEST, Outcome.CONTACTS)


class Verdict(models.TextChoices):
    NONE = "", "à relire"
    GOOD = "good", "bien répondu"
    BAD = "bad", "mal répondu"


class Resolution(models.TextChoices):
    """Whether the bot resolved an ended conversation (console/indexing/resolution.py); empty until it has ended."""

    ABSENT = "absent", "sans l’assistant"
    UNRESOLVED = "unresolved", "non résolue"
    CONFIRMED = "confirmed", "résolue, confirmée"
    ASSUMED = "assumed", "résolue, supposée"


class Thread(models.Model):
    """One conversation, as it is listed, filtered and reviewed. `sender` is its id in Rasa."""

    sender = models.CharField(max_length=255, unique=True)
    chat = models.OneToOneField(Conversation, models.CASCADE, related_name="thread")
    started_at = models.DateTimeField("commencée le")
    last_at = models.DateTimeField("dernier message le")
    first_text = models.TextField("premier message", blank=True)
    typed = models.PositiveIntegerField("messages écrits par le client", default=0)
    topics = models.JSONField("sujets", default=list)
    outcome = models.CharField("issue", max_length=10, choices=Outcome, default=Outcome.ONGOING)
    resolution = models.CharField(max_length=10, choices=Resolution, blank=True, default="", db_default="")
    came_back = models.BooleanField("revenu dans les 72 h", default=False, db_default=False)
    lowest_confidence = models.FloatField("confiance la plus basse", null=True, blank=True)
    helpful = models.BooleanField("avis", null=True, blank=True)
    comment = models.TextField("commentaire du client", blank=True)
    new_words = models.BooleanField("un message n’est pas dans les données d’entraînement", default=False)
    risks = models.JSONField("pourquoi à relire", default=list)
    risky = models.BooleanField("à risque", default=False)
    sampled = models.BooleanField("tirée au sort", default=False)
    indexed = models.PositiveIntegerField("lue jusqu’au message n°", default=0, db_default=0)
    verdict = models.CharField("relecture", max_length=4, choices=Verdict, blank=True, default=Verdict.NONE)
    reviewed_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="reviewed")
    reviewed_at = models.DateTimeField("relue le", null=True, blank=True)
    # Set by the list of conversations (console/paging.py).
    names: tuple[str, ...] = ()

    class Meta:
        verbose_name = "conversation"
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="thread_newest"),
            models.Index(fields=["outcome", "-started_at", "-id"], name="thread_by_outcome"),
            models.Index(fields=["verdict", "-started_at", "-id"], name="thread_by_verdict"),
            models.Index(fields=["helpful", "-started_at", "-id"], name="thread_by_rating"),
            models.Index(fields=["lowest_confidence"], name="thread_by_confidence"),
            models.Index(
                fields=["-started_at", "-id"], name="thread_to_review",
                condition=models.Q(verdict="") & (models.Q(risky=True) | models.Q(sampled=True)),
            ),
            models.Index(fields=["last_at"], name="thread_ongoing", condition=models.Q(outcome="ongoing")),
        ]  # fmt: skip
        permissions = [
            ("read_console", "lit les conversations"),
            ("review_console", "relit et corrige"),
            ("manage_console", "gère la console : révèle, exporte, efface, audite"),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Turn(models.Model):
    """The explanation of one message. `seq` is the message's number in its conversation."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="turns")
    seq = models.PositiveIntegerField("n° du message")
    at = models.DateTimeField("à")
    text = models.TextField("message")
    pressed = models.BooleanField("bouton", default=False)
    intent = models.CharField("intention", max_length=60, blank=True)
    confidence = models.FloatField("confiance", null=True, blank=True)
    ranking = models.JSONField("intentions suivantes", default=list)
    entities = models.JSONField("entités", default=list)
    actions = models.JSONField("actions", default=list)
    slots = models.JSONField("mémoire après le tour", default=dict)
    replies = models.JSONField("réponses", default=list)
    form = models.CharField("formulaire en cours", max_length=60, blank=True)
    seconds = models.FloatField("temps de réponse (s)", null=True, blank=True)
    known_line = models.BooleanField("dans les données d’entraînement", default=False)
    unanswered = models.BooleanField("sans réponse du bot", default=False)
    form_input = models.BooleanField("écrit dans un champ", default=False, db_default=False)
    model = models.CharField("lu par le modèle", max_length=32, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "tour"
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["thread", "seq"], name="one_turn_a_message")]
        indexes = [
            models.Index(fields=["unanswered", "-at"], name="turn_unanswered"),
            models.Index(fields=["-at"], name="turn_newest"),
        ]

    def __str__(self) -> str:
        return f"tour {self.seq}"

    @property
    def question(self) -> str:
        """The classified question; it is stored among the entities."""
        return bot_data.classified_question(self.intent, self.entities)


class FacetKind(models.TextChoices):
    INTENT = "intent"
    ACTION = "action"
    TOPIC = "topic"
    TAG = "tag"
    QUESTION = "question"
    MODEL = "model"
    # A keyed hash of an e-mail or of a number, by which a return is recognised, and a customer's earlier conversations.
    CUSTOMER = "customer"


class Facet(models.Model):
    """A searchable value of a conversation. It contains the list's sort key, so that one index serves a filter."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="facets")
    kind = models.CharField(max_length=8, choices=FacetKind)
    value = models.CharField(max_length=60)
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "kind", "value"], name="one_facet_a_value")]
        indexes = [
            models.Index(fields=["kind", "value", "-started_at", "thread"], name="facet_newest"),
            models.Index(fields=["kind", "started_at", "value", "thread"], name="facet_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


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


class Note(models.Model):
    """An agent's note on a conversation."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="notes")
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField("note", max_length=1000)

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
    text = models.CharField("pourquoi", max_length=300)
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


class Correction(models.Model):
    """The right question of a message, or the meaning of one of its words. `text` contains no personal data.

    A user with « relit » proposes it, one with « gère » accepts it (`accepted_at`); only then is it trained on
    (training/lessons.py).
    """

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="corrections")
    text = models.TextField("ligne")
    plain = models.TextField("ligne comparée")
    after = models.CharField("après", max_length=60, blank=True, db_default="")
    intent_before = models.CharField("lue comme", max_length=60)
    intent = models.CharField("à lire comme", max_length=60)
    entity = models.CharField("entité", max_length=60, blank=True)
    entity_text = models.CharField("mots de l’entité", max_length=60, blank=True)
    entity_value = models.CharField("valeur de l’entité", max_length=60, blank=True)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    accepted_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="accepted")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        # The same words may mean two things in two contexts.
        constraints = [models.UniqueConstraint(fields=["plain", "after"], name="one_correction_a_line")]

    def __str__(self) -> str:
        return f"correction {self.pk}"


class Repaired(models.Model):
    """A conversation in which a version that learnt the correction classified a similar message as corrected.

    Written when the conversation is indexed (training/service.py), and deleted with it.
    """

    correction = models.ForeignKey(Correction, models.CASCADE, related_name="repaired")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="repaired")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["correction", "thread"], name="one_repair_a_conversation")]

    def __str__(self) -> str:
        return f"{self.correction_id} {self.thread_id}"


class Sampled(models.Model):
    """A message of a week's random sample for blind judging (console/judging.py). `doubled`: two people judge it."""

    turn = models.OneToOneField(Turn, models.CASCADE, related_name="sampled")
    week = models.DateField("semaine du")
    doubled = models.BooleanField("jugé deux fois", default=False)

    class Meta:
        ordering = ["week", "pk"]
        indexes = [models.Index(fields=["week"], name="sampled_week")]

    def __str__(self) -> str:
        return f"tirage {self.pk}"


class Judgement(models.Model):
    """A person's judgement of a sampled message: its question, or empty if they could not tell."""

    sampled = models.ForeignKey(Sampled, models.CASCADE, related_name="judgements")
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    question = models.CharField("question", max_length=60, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sampled", "user"], name="one_judgement_a_person")]

    def __str__(self) -> str:
        return f"jugement {self.pk}"


class OpenQuestion(models.Model):
    """A question of customers that the bot cannot answer, collected in « Incompris » or message by message.

    It stores no name: pages show one of its messages, masked, so erasing the messages erases it. DISMISSED: no answer
    is wanted.
    """

    class State(models.TextChoices):
        OPEN = "open", "sans réponse"
        DISMISSED = "dismissed", "écartée"

    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"question sans réponse {self.pk}"


class Asking(models.Model):
    """A message that asks an open question; a message asks at most one."""

    question = models.ForeignKey(OpenQuestion, models.CASCADE, related_name="askings")
    turn = models.OneToOneField(Turn, models.CASCADE, related_name="asking")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"message {self.turn_id} de la question {self.question_id}"


class AddedQuestion(models.Model):
    """A question that the team added, with its answer: « ask_refund/carte_cadeau » (training/added.py).

    `lines`: those that a person wrote. The customers' own are corrections, and end with their conversations.
    """

    name = models.CharField(max_length=60, unique=True)
    title = models.CharField("titre", max_length=40)
    wordings = models.JSONField("formulations", default=list)
    facts = models.JSONField("règles", default=list)
    lines = models.JSONField("phrases", default=list)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Unlearnt(models.Model):
    """The hash of a line that was accepted and then withdrawn: the next pull removes it from data/nlu/."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest[:8]


class Version(models.Model):
    """A model trained by the worker on the project's data and the corrections accepted at that time.

    Its file is in the folder of bot/versions.py, named by `sha256`; a file there also names the version in service.
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
    """Which worker of versions works, and until when nobody else does; one row."""

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


class Replay(models.Model):
    """The comparison of a version with the model then in service, on stored conversations.

    `live`: that model's SHA-256.

    `cursor`: the last processed conversation; they are processed from the newest to the oldest. The cursor and the
    differences are stored together, so that a replay can resume after any interruption. `runner` identifies the running
    process.

    A silent trial (« shadow ») compares them on the messages that customers write until `until`, hour after hour;
    those before `read_to` were read.
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
        # Of a silent trial, between two hours.
        LISTENING = "listening", "à l’écoute"

    # The states of a silent trial that goes on.
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
        """Whether it is a silent trial that goes on."""
        return self.kind == self.Kind.SHADOW and self.state in self.ON


class Difference(models.Model):
    """A message whose answer changes; others with the same words and the same change are counted in `times`.

    `before` and `after`: answers as replay/deciding.py names them. `wanted`: the right question, if the message was
    corrected.
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


class RecoveryDevice(ThrottlingMixin, Device):  # type: ignore[misc]
    """Codes for an agent without their phone. Each works once, and only its salted hash is stored."""

    COUNT = 10
    LENGTH = 10  # letters of base32: 50 bits
    HASH_COST = 2**14

    salt = models.CharField(max_length=32)
    digests = models.JSONField(default=list)

    def renew(self) -> list[str]:
        """Replace the codes by new ones and return them; only their hashes are stored."""
        letters = [b32encode(secrets.token_bytes(7)).decode().lower()[: self.LENGTH] for _ in range(self.COUNT)]
        self.salt = secrets.token_hex(16)
        self.digests = [self._digest(code) for code in letters]
        self.throttle_reset(commit=False)
        self.save()
        return [f"{code[:5]}-{code[5:]}" for code in letters]

    def verify_token(self, token: str) -> bool:
        """Use the code up. django-otp calls this with the row locked."""
        if not self.verify_is_allowed()[0]:
            return False
        digest = self._digest(token.lower().replace("-", ""))
        if digest not in self.digests:
            self.throttle_increment()
            return False
        self.digests.remove(digest)
        self.throttle_reset()
        return True

    def get_throttle_factor(self) -> float:
        return float(getattr(settings, "OTP_TOTP_THROTTLE_FACTOR", 1))

    def _digest(self, code: str) -> str:
        """A deliberately slow hash, because someone who has read the table could try all codes of 50 bits."""
        return hashlib.scrypt(code.encode(), salt=self.salt.encode(), n=self.HASH_COST, r=8, p=1).hex()


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
    """The changes of one bulk action, so that it can be undone. Kept for a day.

    `changed`: the conversations' numbers; of « flag » and « settle », the flags'; of the inbox, as in
    console/several.py.
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
    name = models.CharField("nom", max_length=60)
    query = models.CharField(max_length=1000)
    shared = models.BooleanField("partagée", default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CannedReply(models.Model):
    """A text that agents often send: an agent's own, or shared. It may contain placeholders (console/canned.py)."""

    owner = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True)
    title = models.CharField("titre", max_length=40)
    text = models.TextField("texte", max_length=MAX_MESSAGE_CHARACTERS)
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
