"""Conversations with the explanation of each turn, derived from `chat` (console/indexing/)."""

from django.conf import settings
from django.db import models

from chat.models import Conversation
from console import bot_data

USER = settings.AUTH_USER_MODEL


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
    # A keyed hash of an e-mail or a number, which finds a customer's returns and earlier conversations.
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
