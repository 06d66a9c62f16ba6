"""Recognises clauses that only introduce a number or a secret, and ask nothing.

For example: « mon mot de passe, c'est [mot de passe masqué] ».
"""

import re

from shop.masking import PLACEHOLDERS

# Words that only introduce a value.
_INTRODUCING = """
    à a adresse alors autre aussi avec bjr bonjour c ce celle celui cette ci cmd code commande compte courriel
    de dit donc donne donné e eh elle email est et euh ici il j je l la le les ma mail marque me mel merci mes modele
    modèle moi
    mon n no non num numero numéro ok ou oui pardon plait plaît pour pr px reprise rp s sa si stp suivant
    retrouvé suivante svp trouvé téléphone tel tiens tenez un une utilise utilisé voici voila voilà vous y
"""
INTRODUCING = frozenset(_INTRODUCING.split())
# Words that only announce a secret (shop/masking/secrets.json).
_ANNOUNCING = """
    actuel au bancaire banque bleue carte cb chiffres cle clé code confidentiel confirmation crypto cryptogramme
    cvc cvv date derniers des deverrouillage dos du déverrouillage en etait exp expiration expire iban
    identifiant iphone jusqu login mastercard mdp mot nir nouveau of pass passe password pin pour premiers puis
    recu reçu rib secret secu securite sim sms sociale sur sécu sécurité trois téléphone un valable validité
    verrouillage visa visuel vitale était
"""
SECRET_WORDS = INTRODUCING | frozenset(_ANNOUNCING.split())
MASKED = re.compile(PLACEHOLDERS.pattern, re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_BREAK = re.compile(r"[,.;!?\n]|\b(?:et|mais|puis|sinon|alors)\b", re.IGNORECASE)
# What may follow such a clause. With « … ne marche pas » after the secret, the clause is a question.
_NEXT = re.compile(
    r"\W{0,5}(?:$|(?:et|mais|puis|sinon|alors|o[uù]|je|j|comment|quand|pourquoi|quel(?:le)?s?|est-ce|svp|stp|merci)\b)|\s{0,5}[,.;!?\n]",
    re.IGNORECASE,
)


def only_secret(text: str) -> bool:
    """Whether `text` only gives something that was masked."""
    rest, count = MASKED.subn(" ", text)
    return bool(count) and _only(SECRET_WORDS, rest)


def without_secrets(text: str) -> str:
    """`text` without the clauses that only give a secret, which have no topic; unchanged if nothing else is left."""
    kept, end = [], 0
    for secret in MASKED.finditer(text):
        before = text[end : secret.start()]
        clause = max((found.end() for found in _BREAK.finditer(before)), default=0)
        if _only(SECRET_WORDS, before[clause:]) and _NEXT.match(text, secret.end()):
            kept.append(before[:clause])
        else:
            kept.append(before + secret[0])
        end = secret.end()
    rest = "".join([*kept, text[end:]])
    return text if _only(INTRODUCING, rest) else rest


def _only(words: frozenset[str], text: str) -> bool:
    return words.issuperset(_WORD.findall(text.lower()))
