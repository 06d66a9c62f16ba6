"""Forms that validate and bound every value of the console's requests before it reaches the database."""

from typing import Any

from django import forms
from django.db.models import BigIntegerField

from console import flags, limits
from console.audit import AUDIT_ACTIONS
from console.models import ANSWER_LENGTH, Difference


class NumberField(forms.IntegerField):
    """The number of a row, optional."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=1, max_value=BigIntegerField.MAX_BIGINT)


class CutField(forms.CharField):
    """A text that is cut to the length of its column; the page's input accepts no more."""

    def __init__(self, length: int, required: bool = True) -> None:
        super().__init__(required=required)
        self.length = length

    def to_python(self, value: Any) -> str:
        # A browser counts a line break as one character, and sends two.
        return str(super().to_python(value)).replace("\r\n", "\n")[: self.length]


class AuditForm(forms.Form):
    """The journal's filter: by whom, which action, and before which entry."""

    qui = forms.CharField(required=False, max_length=limits.USERNAME)
    quoi = forms.ChoiceField(required=False, choices=[("", "tout"), *AUDIT_ACTIONS.items()])
    avant = NumberField()


class ChangeForm(forms.Form):
    """One change of answers in a replay (replay/answer_selection.py names them)."""

    avant = forms.CharField(required=False, max_length=ANSWER_LENGTH)
    apres = forms.CharField(required=False, max_length=ANSWER_LENGTH)


class JudgementForm(ChangeForm):
    """A lead's judgement of one difference of a change, or of all that are open; empty withdraws it."""

    avis = forms.ChoiceField(required=False, choices=Difference.Judgement.choices)
    difference = NumberField()


class NoteForm(forms.Form):
    """A note on a conversation."""

    texte = CutField(limits.NOTE, required=False)


class FlagForm(forms.Form):
    """A flag on a conversation or on the turn with this number: the reason, and the user it is assigned to, if any."""

    texte = CutField(limits.FLAG)
    tour = NumberField()
    a = forms.ModelChoiceField(flags.colleagues(), required=False)


class AnswerForm(forms.Form):
    """The answer that was sent by e-mail."""

    reponse = CutField(limits.MESSAGE, required=False)


class ReasonForm(forms.Form):
    """The reason why a lead decides about a colleague's conversation or request."""

    raison = forms.CharField(min_length=limits.MIN_REASON, max_length=limits.REASON)


class ReassignForm(ReasonForm):
    """The reason, and who answers from now on: an agent's number, `ASSISTANT` (the bot), or empty for the queue.

    `depuis`: to undo a reassignment only if the responder has not changed since that moment.
    """

    ASSISTANT = "assistant"
    a = forms.RegexField(rf"^([1-9][0-9]{{0,17}}|{ASSISTANT})$", required=False)
    depuis = forms.DateTimeField(required=False)


class ColleagueForm(forms.Form):
    """To whom a conversation is passed on."""

    a = NumberField()


class SortedForm(forms.Form):
    """The last message of those that « Incompris » just sorted."""

    dernier = NumberField()


class ActivityForm(forms.Form):
    """The agent types, or has read the messages up to a number."""

    ecrit = forms.BooleanField(required=False)
    lu = NumberField()


class InboxForm(forms.Form):
    """The inbox's parameters: a tab, a page of its requests, and the chosen conversation or request."""

    onglet = forms.CharField(required=False, max_length=20)
    page = NumberField()
    c = forms.UUIDField(required=False)
    d = NumberField()


class CannedForm(forms.Form):
    """A canned reply; with `pk`, the changed one."""

    pk = NumberField()
    titre = CutField(limits.CANNED_TITLE)
    texte = CutField(limits.MESSAGE)
    partagee = forms.BooleanField(required=False)


class EditedForm(forms.Form):
    """Which canned reply the page's form shows."""

    modifier = NumberField()


class ViewForm(forms.Form):
    """The name of a saved filter."""

    nom = CutField(limits.VIEW_NAME)
    partagee = forms.BooleanField(required=False)


class BulkForm(forms.Form):
    """What to do with many conversations: a verdict, a tag, a flag with its reason, or to settle their flags."""

    faire = forms.ChoiceField(choices=[(name, name) for name in ("good", "bad", "none", "tag", "flag", "settle")])
    etiquette = forms.CharField(required=False)
    texte = CutField(limits.FLAG, required=False)
    a = forms.ModelChoiceField(flags.colleagues(), required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        if given.get("faire") == "flag" and not given.get("texte"):
            self.add_error("texte", "Écrivez en quelques mots pourquoi vous les signalez.")
        return given
