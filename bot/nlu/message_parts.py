"""Splits a message into clauses, finds the subject that it names, and decides whether a clause asks something."""

import re

from bot.nlu.negation import without_denied
from bot.nlu.spelling import expand_sms
from bot.nlu.value_announcements import without_secrets

# Shorter parts cannot be classified on their own (« merci », « svp »).
MIN_PART_LENGTH = 10
# The last parts are kept, because a question comes after the story or the pasted text.
MAX_PARTS = 10
MIN_DIGITS, MAX_WORDS_OF_DATA = 4, 3

# Split finely: a second question often follows a comma or « et ». Parts without a question are below the thresholds
# of bot/nlu/multi_intent.py.
_BOUNDARY = re.compile(
    r"(?<=[?!.;:]) |\n|, |\b\d\) ?| (?:et|mais|sinon|pi|puis|au fait|d['’]ailleurs|en plus|par contre) ", re.IGNORECASE
)
_ASKS = re.compile(
    r"\?|^et (?:l['’]|(?:la|les?|mon|ma|mes|votre|vos)\b)"
    r"|\b(?:où|quand(?! m[êe]me)|comment|combien|pourquoi|qui|quoi|quel(?:le)?s?|est-ce)\b"
    # « puis-je », « sont-elles »
    r"|(?<!rendez)-(?:je|tu|il|elle|on|nous|vous|ils|elles)\b"
)
# « Annulez ma commande », « je voudrais ma facture », « votre numéro svp », « savoir quand elle arrive ».
_WISHES = re.compile(
    r"\bj(?:e |['’])?(?:veux|veu|voudrais|souhait\w+|aimerais)\b|\bbesoin\b|\b(?:me|nous) faut\b|\bfaudrait\b"
    r"|\b(?:savoir|peux|peut|peu|pouvez|puis-je|dois|doit|faut)\b|\b(?:ça|ca) passe\b|\bà \w+(?:er|tre)\b"
    r"|\by[- ]?a(?:[- ]t[- ]il)?\b(?! (?:plus|pas|rien))"
    r"|\b(?:dites|donne[rz]|passez|envoyez|filez|annule[rz]|supprime[rz]|efface[rz]|changez|rendez|rembourse[rz]?|arr[êe]tez"
    r"|rappelez|faites|retirez|virez|s['’]il (?:vous|te) pla[iî]t|svp|stp)\b",
    re.IGNORECASE,
)
# « J'ai deux questions », « plusieurs choses »
_SEVERAL = re.compile(
    r"\b(?:deux|2|trois|3|plusieurs) (?:choses?|questions?|soucis|probl[èe]mes?|trucs|points)\b|\btout [çc]a\b",
    re.IGNORECASE,
)
# « Pour la facture, je la vois pas », « revenons au retour : … »: names the subject of the rest.
_SUBJECT = re.compile(
    r"^(?:(?:et|ok|bon|sinon|d['’]accord|alors|donc|mais)[ ,.]+)*"
    r"(?P<subject>(?:pour|concernant|quant (?:à|aux?)|s['’]agissant d|(?:à|au) (?:propos|sujet) d|côté|niveau"
    r"|(?:je )?(?:reviens|revenons|retour|revenir|repasse|repassons) (?:à|au|aux|sur)|(?:je )?parl(?:e|ais) d)"
    r"[^,.:;?!\n]{3,40})"
    r"[,.:;–-]+\s*(?P<rest>\S.{5,})$",
    re.IGNORECASE | re.DOTALL,
)

# « Non, je parlais de la facture », « ma question c'est les frais de port »: what the last message was about.
_MEANT = re.compile(
    r"^\W*(?:(?:non|nan|nn|mais|ben|bah|ah|euh|oui|si|pardon|désolée?|attendez?|et)\W+)*(?:moi\W+)?"
    r"(?:(?:c['’]est\s+|ma\s+question\s+(?:c['’]est|est|était|porte)\s+)(?=(?:de|du|d['’]|des|sur|pour)\b)|(?:je\s+)?(?:vous\s+|te\s+|t['’])?"
    r"(?:parl(?:e|ais|é)|demand(?:e|ais)|voulais\s+dire|veux\s+dire|pensais\s+à)\b)\W*"
    r"(?:(?:de|du|des|d['’]|sur|pour|si|à)\b\s*)?(?P<meant>(?!pas\b)\S.{3,})$",
    re.IGNORECASE | re.DOTALL,
)

# « Rien n'est annulé ! je parle du lien de suivi »
_SPEAKS_OF = re.compile(
    r"\bje (?:vous |te )?parl(?:e|ais) (?:bien |juste |seulement )?(?:de|du|des|d['’])\s*(?P<meant>\S.{3,})$",
    re.IGNORECASE | re.DOTALL,
)
# « Le vendeur qui répond pas » is a question by itself; « la facture » is what the message before was about.
_CLAUSE = re.compile(r"\b(?:que|pas|plus|jamais)\b|\bqu['’]", re.IGNORECASE)

# « Dans mon compte je veux dire », after « je peux plus rentrer »
_COMPLETES = re.compile(r"^(?P<added>\S.{2,60}?)\W{1,3}je (?:veux|voulais) dire\W{0,3}$", re.IGNORECASE)

# « J'ai demandé s'il y a un magasin », « vous avez pas répondu : c'est payant ? »: a complaint, then the question.
_INSISTS = re.compile(
    r"^\W*(?:(?:non|nan|nn|mais|ben|bah|oui|euh|pardon|attendez?|bon)\W+)*"
    r"(?:j['’]ai (?:juste |déjà |bien )?demand[ée]r?|je (?:vous |te |t['’])?(?:re)?demande"
    r"|je (?:vous (?:le )?|le )?r[ée]p[èe]te|une derni[èe]re fois"
    r"|(?:.{0,60}\W)?ce que je (?:veux|voudrais|demande)(?: savoir)?\W+c['’]est"
    r"|ma question (?:c['’][ée]tait|c['’]est|est|[ée]tait)"
    r"|(?:vous (?:n['’])?avez|t['’]as|tu (?:n['’])?as) (?:toujours )?pas r[ée]pondu(?: [àa] ma question)?)\W+"
    r"(?:(?:juste|bien|si|oui ou non)\W+|s['’])*(?P<again>\S.{8,})$",
    re.IGNORECASE | re.DOTALL,
)

# « slt kan jrecoi mes sou », « ok donc je préviens qui »: an opening without punctuation after it.
_OPENING = re.compile(
    r"^\W*(?:(?:slt|salut|bjr|bonjour|bsr|bonsoir|cc|coucou|hello|wesh|yo|ok|okay|d['’]accord|daccord|dac|merci|parfait"
    r"|super|nickel|très bien|tres bien|ça marche|ca marche|bon|bah|ben|donc|alors|du coup) )+(?:et )?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ASTERISK = re.compile(r"(?:\*\s?)?(?P<meant>[^\W\d_][\w' -]{2,29}?)\s?(?:\*|$)")
# Collapse blanks first, so that the split never rescans a run of them.
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"(?<!\s)\s*\n\s*")


def parts(text: str) -> list[str]:
    """The clauses that may each contain a question, without the message's opening; empty if there is only one."""
    even = _LINES.sub("\n", _BLANKS.sub(" ", without_secrets(without_denied(text)))).strip()
    found = [part.strip() for part in _BOUNDARY.split(_OPENING.sub("", even))]
    return [part for part in found if MIN_PART_LENGTH <= len(part) < len(even) and not _is_data(part)][-MAX_PARTS:]


def _is_data(part: str) -> bool:
    """Whether the part is pasted data, with digits, few words and no question: « Passée le 02/11/2026 à 21:14 »."""
    digits = sum(character.isdigit() for character in part)
    return digits >= MIN_DIGITS and len(_WORD.findall(part)) <= MAX_WORDS_OF_DATA and "?" not in part


def corrected_subject(text: str) -> str | None:
    """« Non, je parlais de la facture, pas du retour » → « la facture »; None if the message corrects nothing.

    « Facture*, désolé » also corrects the message before, as is usual in chats.
    """
    said = without_denied(text).strip()
    found = _MEANT.match(said) or _SPEAKS_OF.search(said)
    if not found and text.count("*") == 1:
        found = _ASTERISK.match(text.strip())
    return found["meant"] if found else None


def completion(text: str) -> str | None:
    """« Dans mon compte je veux dire » → « Dans mon compte », which completes the message before; else None."""
    found = _COMPLETES.match(text.strip())
    return found["added"] if found else None


def is_clause(meant: str) -> bool:
    """Whether the corrected subject is a question by itself."""
    return bool(_CLAUSE.search(meant)) or wants(meant)


def asked_again(text: str) -> str | None:
    """« J'ai demandé s'il y a un magasin » → « il y a un magasin »; None if the message does not insist."""
    found = _INSISTS.match(text.strip())
    return found["again"] if found else None


def subject(text: str) -> tuple[str, str] | None:
    """(what the message says it is about, the rest); None if it does not start by naming its subject."""
    found = _SUBJECT.match(without_denied(text).strip())
    return (found["subject"], found["rest"]) if found else None


def asks(piece: str) -> bool:
    """Whether the part asks something: a question mark, a question word, « et les horaires »."""
    return bool(_ASKS.search(expand_sms(piece.lower())))


def wants(piece: str) -> bool:
    """Whether the part asks for something, rather than reports."""
    return asks(piece) or bool(_WISHES.search(piece))


def announces_several(piece: str) -> bool:
    """Whether the part says that there are several questions."""
    return bool(_SEVERAL.search(piece))
