"""Removes clauses that the customer denies: « je ne veux pas annuler, juste savoir où elle est ».

If the message asks something else, the denied clause is removed before classification. Otherwise the message stays as
it is, and training lines teach that it is no question.
"""

import re

_DENIED = re.compile(
    r"(?:\bnon\s*,?\s*)?"
    r"(?:\bje\s+(?:ne\s+|n['’]\s?)?(?:veux|voulais|voudrais|souhaite|demande|cherche|parle)\s+(?:surtout\s+)?pas"
    # « je ne fais pas de reprise », « je ne veux rien effacer »
    r"|\bje\s+(?:ne\s+|n['’]\s?)?(?:fais\s+pas\s+d(?:e\b|['’])|(?:veux|voulais|voudrais|souhaite)\s+rien\s+\w+)"
    # « j'annule pas », « je rends rien », but not « si je renvoie pas la boîte »
    r"|(?<!\bsi\s)\bj(?:e\s+|['’])(?:ne\s+|n['’]\s?)?(?:annul|rends?|renvoi|retourn|[ée]chang|r[ée]sili)\w*\s+(?:pas|rien)"
    # « il n'est pas en panne, il ne me convient pas »
    r"|\b(?:n['’])?(?:est|sont|était)\s+(?:pas|ni)\s+(?:en panne|cass\w+|ab[îi]m\w+|endommag\w+|perdu\w*|hs)"
    r"|\bj(?:e\s+n)?['’]?\s?ai\s+(?:pas|jamais)\s+(?:demandé|demander|parlé|dit|voulu|envie|besoin)"
    # « ne me remboursez pas », but not « il ne me rembourse pas »
    r"|(?<!vous\s)\b(?:ne\s+)?me\s+(?:\w+ez|parle)\s+(?:surtout\s+)?pas)\b"
    r"[^,;.!?\n]{0,60}?(?=\s*(?:[,;.!?\n]|\b(?:mais|juste|je veux|je voudrais|dites)\b))",
    re.IGNORECASE,
)
# « Pas le vendeur, vous », « le bon de livraison, pas la facture », « la facture, pas celle du retour »
_DENIED_THING = re.compile(
    r"(?:^|[,;.:!?\n]|\bet\b)\s{0,3}(?:n(?:on|an|n)\s{0,3},?\s{0,3})?pas\s{1,3}(?:d['’]une?\s{1,3}|de\s(?:la\s|l['’])"
    r"|(?:celui|celle|ceux|celles)\s{1,3}d(?:u|e la|es|e l['’])\s{0,3}"
    r"|(?:le|la|les|une?|au|du|des|mon|ma|mes|votre)\s{1,3}|l['’])\w{1,40}\s{0,3}(?:[,;.!?\n]|$)",
    re.IGNORECASE,
)
# « C'est pas un retour, c'est pour ma reprise », « c'est pas le carton qui est cassé c'est le mug »
_NOT_THIS_BUT = re.compile(
    r"\bc['’]?\s?est\s{1,3}pas\s{1,3}(?:une?|le|la|les|mon|ma|pour)\s[^,;.!?\n]{2,40}?\W{1,3}(?:mais\s)?"
    r"(?=c['’]?\s?est\s(?:(?:le|la|les|mon|ma|mes|pour)\s|l['’]))",
    re.IGNORECASE,
)
# « Je veux contacter le vendeur pas un conseiller »
_BUT_NOT = re.compile(
    r"\b(?:veux|voudrais|cherche|demande)\b[^,;.!?\n]{0,25}\s(?:le|la|les|une?|mon|ma|mes)\s\w{2,20}(?P<denied>\s{1,3}pas\s"
    r"(?:une?|le|la|les)\s\w{2,20}\W{0,3})$",
    re.IGNORECASE,
)
# « Pas un remboursement, mon COLIS »: the question is what follows.
_MEANT = re.compile(
    r"^\W{0,3}(?:n(?:on|an|n)\b\W{0,3})?pas (?:d['’]une? |de la |de l['’]|(?:le|la|les|une?|du|des|mon|ma|mes) |l['’])"
    r"\w{1,40}\W{1,3}(?:mais )?(?=(?:le|la|les|une?|du|des|mon|ma|mes)\s\w|l['’]\w)",
    re.IGNORECASE,
)
# « …, pas supprimer mon compte »
_DENIED_ACTION = re.compile(
    r"[,;:]\s{0,3}(?:et )?pas (?:le |la |les |l['’])?\w{2,20}(?:er|ir|re)\b[^,;.!?\n]{0,40}", re.IGNORECASE
)
# The rest must have this many words to be a question. Before a final « pas celui du suivi », fewer are enough.
MIN_WORDS, MIN_WORDS_BESIDE = 4, 3
_WORD = re.compile(r"[^\W\d_]{2,}")
_WANTED = re.compile(
    r"\b(?:juste|veux|voudrais|faudrait|savoir|où|quand|comment|combien|mais|plutôt|seulement)\b", re.IGNORECASE
)


def without_denied(text: str) -> str:
    """`text` without the denied clause; unchanged if nothing else is asked."""
    if meant := _MEANT.match(text):
        return text[meant.end() :]
    if contrast := _BUT_NOT.search(text):
        return text[: contrast.start("denied")]
    text = _NOT_THIS_BUT.sub("", text)
    without_clauses = _DENIED_ACTION.sub(" ", _DENIED.sub(" ", text))
    rest = _DENIED_THING.sub(" ", without_clauses).strip(" ,;.!?")
    if rest == text.strip(" ,;.!?"):
        return text
    words = len(_WORD.findall(rest))
    contrasted = words >= MIN_WORDS_BESIDE and without_clauses.strip(" ,;.!?").startswith(rest)
    return rest if contrasted or (words >= MIN_WORDS and _WANTED.search(rest)) else text
