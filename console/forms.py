"""What the console's pages are asked and sent, read and bounded before it reaches the database."""

from typing import Any

from django import forms
from django.db.models import BigIntegerField

from console.audit import AUDIT_ACTIONS

NAME_LENGTH = 150  # of an account: django.contrib.auth


class NumberField(forms.IntegerField):
    """The number of a row, optional."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=1, max_value=BigIntegerField.MAX_BIGINT)


class CutField(forms.CharField):
    """A text that is cut at the length that its column holds. The page's own field accepts no more."""

    def __init__(self, length: int, required: bool = True) -> None:
        super().__init__(required=required)
        self.length = length

    def to_python(self, value: Any) -> str:
        # A browser counts a line break as one character, and sends two.
        return str(super().to_python(value)).replace("\r\n", "\n")[: self.length]


class AuditForm(forms.Form):
    """The journal's filter: by whom, which action, and before which entry."""

    qui = forms.CharField(required=False, max_length=NAME_LENGTH)
    quoi = forms.ChoiceField(required=False, choices=[("", "tout"), *AUDIT_ACTIONS.items()])
    avant = NumberField()


class NoteForm(forms.Form):
    """A note on a conversation, or on the turn of this number."""

    texte = CutField(1000, required=False)
    tour = NumberField()


class ViewForm(forms.Form):
    """The name of a saved filter."""

    nom = CutField(60)
    partagee = forms.BooleanField(required=False)


class BulkForm(forms.Form):
    """What to do with every conversation of a filter."""

    faire = forms.ChoiceField(choices=[(action, action) for action in ("good", "bad", "none", "tag")])
