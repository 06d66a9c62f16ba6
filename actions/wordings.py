"""Chooses a reply's wording by what the message asks, so that the first sentence answers it.

WORDINGS lists the prefixes of the replies, for example:

    utter_may_i/…            « est-ce que je peux le renvoyer ? »: begins with yes or no
    utter_may_i_use/…        « je peux les porter avant de les renvoyer ? »
    utter_late/…             the customer has waited too long: begins with regret
    utter_why/…              the customer asks why it takes so long: no reason is documented
    utter_other_address/…    the customer has another e-mail address
    utter_visit/…            the customer wants to visit a shop: none is documented
    utter_by_phone/…         the customer withdrew by phone: only a written declaration counts
    utter_unanswered_call/…  the customer called in vain: does not refer to the phone again
    utter_tradein_or_data/…  the customer names a trade-in or personal data: their addresses
"""

import re
from collections.abc import Callable

from actions import responses
from actions.date_mentions import AND_IF_NOT
from shop.said_dates import read

_MAY_I = re.compile(
    r"\bpuis[- ]je\b|\b(?:(?:je|on) |j'? ?)(?:peu[xt]?|pourrais|pourrait)\b|\bjp[ex]\b|\bpeut[- ]on\b|\bpossible\b"
    r"|\b(?:ai|a) (?:le )?droit\b|\bc'?est autorise\b"
)
# « Je peux les porter une fois pour voir ? »
_MAY_I_USE = re.compile(
    r"\bdroit de (?:m'en|me|l'|les? |la )?(?:port|utilis|servir|essa)"
    r"|\b(?:je|on|j'?) ?(?:peu[xt]?|pe|px|puis)\W+(?:(?:les?|la|l'|m'en|me|deja|encore|juste)\W*)*"
    r"(?:port|utilis|mettre|servir|allum|branch|jouer|ess[ae][iy])"
)
# « Je ne peux pas » asks for nothing, and « comment je peux … » for more than a yes.
_OTHER_QUESTION = re.compile(
    r"\bj?(?:pe|px|peu[xt]?|pourrais|pourrait) (?:pas|plus|rien)\b|\bimpossible\b"
    r"|\bcomment\b|\bquand\b|\bcombien\b|\bquel\w*\b|\bou (?:est[- ]ce|je|on|puis|peut)\b|\bpourquoi\b|\bqui\b"
)
_LATE = re.compile(
    r"\bretard\w*|\bdevai[st]\b|\btoujours (?:rien|pas)\b|\btjrs? (?:rien|pas)\b|\bnormal\b|\bdepuis\b|\bbloque\w*"
    r"|\b[csç]a f(?:ait|é|e|ai)\b|\b(?:\d+|une?|deux|trois|quatre) (?:semaines?|mois)\b|\bencore (?:rien|pas)\b"
)
# « Pourquoi c'est en retard ? », about a parcel.
_WHY = re.compile(r"\bpourquoi\b|\bp[kq]\b|\bpkoi\b|\bpour quelle raison\b|\bexplication|\bcomment ca se fait\b")
# « Je peux passer à la boutique ? », about an address or opening hours.
_VISIT = re.compile(
    r"\bmag[ae][sz]ins?\b|\bboutiques?\b|\bshowroom\b|\b(?:passer|venir|viens|venais)\b|\bvisit\w*|\bsur place\b"
    r"|\bguichet\b|\baccueil\b|\by aller\b|\bphysique\w*|\blocaux\b|\bbureaux?\b|\bcurnonsky\b"
)
# « Je lui ai dit au téléphone », about a withdrawal.
_BY_PHONE = re.compile(r"\btel\w*|\bappel\w*|\bphone\b|\boral\w*|\bvoix\b")
# « Ça sonne occupé », « personne ne décroche »
_UNANSWERED_CALL = re.compile(
    r"\b(?:de)?croch\w*|\boccup\w*|\bsonne\w*|\bappel\w*|\btel\w*|\bligne\b|\binjoign\w*|\battente\b"
)
# « Il m'a dit ok », « le vendeur accepte »: what the seller answered.
_ACCEPTS = re.compile(
    r"(?<!pas )(?<!n')\b(?:accept\w*|d'accord|dit (?:ok|oui)|ok pour)\b(?! (?:pas|plus))"
    r"|\bdit\b.{0,20}\bque (?:je (?:peu[xt]|pouvais|pourrais)|j'av(?:ais|ai)|ca (?:passe|pass\w+|marche|va))\b"
    r"(?! (?:pas|plus|rien))"
)
# « Ça se voit où, si c'est encore garanti ? »
_WHERE_SEEN = re.compile(
    r"\bou\b.{0,25}\bvoi|\bvoi\w*\b.{0,25}\bou\b|\btrouve\w* ou\b"
    r"|\b(?:comment|cmt)\b.{0,20}\b(?:sai[st]|savoir|verifi|voir)"
)
# « J'ai deux adresses mail », « avec un autre mail »
_OTHER_ADDRESS = re.compile(
    r"\b(?:autres?|deux|2|plusieurs?|differentes?|seconde) (?:adresses?|e-?mails?|boites?|mails?)\b"
    r"(?! de (?:livraison|facturation|vous))"
    r"|\b(?:adresses?|e-?mails?|mails?) (?:differente?s?|perso\w*)|\bpro\b.{0,30}\bperso\b|\bperso\b.{0,30}\bpro\b"
)
# « Le carton est parti à la benne »
_BOX_GONE = re.compile(
    r"\b(?:carton|boite|emballage)s?\b.{0,30}\b(?:jete\w*|poubelle|benne|tri|decheterie|brule\w*)\b"
    r"|\b(?:jete\w*|brule\w*)\b.{0,15}\b(?:carton|boite|emballage)s?\b|\bplus le carton\b"
)
# « Je le contacte où, et il répond quand ? »
_AND_WHERE = re.compile(
    r"\b(?:ou|comment)\b.{0,20}\b(?:contact|joi[ng]|ecri)\w*|\b(?:contact|joi[ng]|ecri)\w*\b.{0,20}\b(?:ou|comment)\b"
)


# « C'est quoi le mail pour les reprises ? »
_TRADEIN_OR_DATA = re.compile(r"\breprises?\b|\brachat\b|\bdonnees\b|\brgpd\b")


# {wording: whether a message (without accents) asks for it}. The first one for which the question has a reply applies.
WORDINGS: dict[str, Callable[[str], bool]] = {
    "why": lambda text: bool(_WHY.search(text)),
    "other_address": lambda text: bool(_OTHER_ADDRESS.search(text)) and "meme" not in text,
    "may_i_use": lambda text: bool(_MAY_I_USE.search(text)),
    "may_i": lambda text: bool(_MAY_I.search(text)) and not _OTHER_QUESTION.search(text),
    "late": lambda text: bool(_LATE.search(text)),
    "visit": lambda text: bool(_VISIT.search(text)) and not _BY_PHONE.search(text),
    "and_if_not": lambda text: bool(AND_IF_NOT.search(text)),
    "where_seen": lambda text: bool(_WHERE_SEEN.search(text)),
    "box_gone": lambda text: bool(_BOX_GONE.search(text)),
    "and_where": lambda text: bool(_AND_WHERE.search(text)),
    "accepts": lambda text: bool(_ACCEPTS.search(text)),
    "pixmania": lambda text: "pixmania" in text,
    "by_phone": lambda text: bool(_BY_PHONE.search(text)),
    "unanswered_call": lambda text: bool(_UNANSWERED_CALL.search(text)),
    "tradein_or_data": lambda text: bool(_TRADEIN_OR_DATA.search(text)),
}


def reply_to(question: str, message: str) -> str:
    """The name of the question's reply, in the wording that fits the message."""
    text = read(message)
    names = (f"utter_{wording}/{question}" for wording, asks in WORDINGS.items() if asks(text))
    return next((name for name in names if name in responses.load()), f"utter_{question}")
