"""The journal's entries as French sentences: « lea a jugé la conversation 12 : mal répondu. »"""

import re
from typing import Any

from auditlog.models import LogEntry
from django.db.models import Model
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from chat.models import Conversation, HandOverRequest
from console import bot_data
from console.audit import ACTION_KEY, AUDIT_ACTIONS
from console.models import Thread
from shop.unicode import NO_BREAK

VALUES = {
    "good": "bien répondu", "bad": "mal répondu", "none": "remises à relire", "tag": "étiquette ajoutée",
    "flag": "signalées", "settle": "signalements réglés", "story": "l’histoire de test", "csv": "un résultat en CSV",
    "better": "mieux", "worse": "moins bien", "equal": "pareil", "jsonl": "un résultat en JSONL",
    "corrections": "les corrections", "statistiques": "les statistiques",
    "statistiques de l’équipe": "les statistiques de l’équipe",
}  # fmt: skip
SWITCHES = {"set": {True: "activée", False: "désactivée"}, "codes": {True: "nouveaux codes de secours"}}
# Details that are not appended to a sentence; « by » is its subject.
UNSAID = {"by"}
GONE = "une conversation effacée depuis"
_PART = re.compile(r"\[([^\]]*)\]")
_NAME = re.compile(r"\{(\w+)\}")


def label(action: str) -> str:
    """An action without its details, for the page's filter: « a jugé une conversation »."""
    return _PART.sub("", AUDIT_ACTIONS[action]).replace("{on}", "une conversation ou une demande")


def sentences(entries: list[LogEntry]) -> list[tuple[LogEntry, SafeString]]:
    """Each entry with its sentence, in which a conversation is a link to its page. Two queries for all of them."""
    threads = _threads(entries)
    return [(entry, _sentence(entry, threads.get(entry.object_pk))) for entry in entries]


def _sentence(entry: LogEntry, thread: int | None) -> SafeString:
    data = {name: value for name, value in (entry.additional_data or {}).items() if name not in UNSAID}
    action = data.pop(ACTION_KEY, "")
    known: dict[str, str | SafeString] = {name: said for name, value in data.items() if (said := _said(name, value))}
    subject = entry.actor.get_username() if entry.actor else _subject_without_actor(entry, action)
    on = _object(entry, thread)
    if on:
        known["on"] = on
    template = AUDIT_ACTIONS.get(action, str(action))
    # An entry of an older or newer release may have details for which the sentence has no placeholder.
    unsaid = [name for name in known if f"{{{name}}}" not in template]
    rest = "".join(f" ({{{name}}})" for name in unsaid)
    return format_html("<strong>{}</strong> {}.", subject, _filled(template + rest, known))


def _filled(template: str, known: dict[str, str | SafeString]) -> SafeString:
    whole = _PART.sub(lambda part: part[1] if set(_NAME.findall(part[1])) <= set(known) else "", template)
    known = {"on": GONE, **known}
    whole = whole if known["on"] != GONE else whole.replace("de {on}", "d’{on}")
    return mark_safe(_NAME.sub(lambda name: conditional_escape(known.get(name[1], "")), conditional_escape(whole)))


def _subject_without_actor(entry: LogEntry, action: str) -> str:
    """The subject of an action without a signed-in user: the account of a failed sign-in, a command, or a timer."""
    if action == "failed":
        return str(entry.object_repr)
    return "Une commande du serveur" if "by" in (entry.additional_data or {}) else "La console"


def _object(entry: LogEntry, thread: int | None) -> SafeString | None:
    if _is_about(entry, HandOverRequest):
        return _link(f"{reverse('console:inbox')}?d={entry.object_pk}", "demande", f"n°{NO_BREAK}{entry.object_pk}")
    if thread and (_is_about(entry, Thread) or _is_about(entry, Conversation)):
        return _link(reverse("console:thread", args=[thread]), "conversation", str(thread))
    return None


def _link(address: str, thing: str, number: str) -> SafeString:
    return format_html('la <a href="{}">{} {}</a>', address, thing, number)


def _said(name: str, value: Any) -> str:
    """A detail in words; empty if there is nothing to say."""
    if name in SWITCHES:
        return SWITCHES[name].get(value, "")
    if name == "verdict" and not value:
        return "à relire"
    if name in ("intent", "after", "question") and value:
        return str(bot_data.intent_title(value))
    return VALUES.get(str(value), str(value)) if value not in ("", None) else ""


def _threads(entries: list[LogEntry]) -> dict[str, int]:
    """{what an entry is about: the number of its conversation's page}, for those that still exist."""
    chats = [entry.object_pk for entry in entries if _is_about(entry, Conversation)]
    found = {str(chat): pk for chat, pk in Thread.objects.filter(chat__in=chats).values_list("chat", "pk")}
    own = [entry.object_pk for entry in entries if _is_about(entry, Thread)]
    return found | {str(pk): pk for pk in Thread.objects.filter(pk__in=own).values_list("pk", flat=True)}


def _is_about(entry: LogEntry, model: type[Model]) -> bool:
    return entry.content_type is not None and entry.content_type.model_class() is model
