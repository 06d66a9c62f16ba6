"""Rules by which the words of a message override its classification; some apply only after certain questions."""

import re
from dataclasses import dataclass

from actions import topics
from actions.date_mentions import AND_IF_NOT, RETURNED
from actions.phone_hours import HOLIDAY
from actions.turn import Turn
from shop.said_dates import read

SHOP, TRADEIN = "out_of_scope/shop", "out_of_scope/tradein_price"
MEANS = "ask_refund/means"
OF_A_TRADEIN = ("tradein_data_privacy", "cancel_tradein", "tradein_device_not_listed", TRADEIN)
_PAYS = re.compile(
    r"\bpa[iy]e?ment|\bpaye\w* (?:\d|deux|trois|plusieurs) fois|\bcarte\b|\bdebit|\bprelev|\btransaction|\bpaypal"
)

_DEAD_DEVICE = re.compile(r"\b(?:allum|demarr)\w*|\becran\b|\b(?:tel|telephone|portable|iphone|ipad|tablette)\b")
_MONEY_BACK = re.compile(r"\bargent|\brecuper|\bsous\b|\bdebit|\bprelev|\brien a (?:retourn|renvoy|rend)")
_PERSONALISED = re.compile(
    # « gravé », but not « c'est grave ? »
    r"(?<!c'est )(?<!cest )(?<!ses )(?<!c )(?<!pas )(?<!ce )(?<!trop )(?<!si )\bgrave\b(?! ?\?)"
    r"|\bgrave(?:es?|s|r)\b|\bgravure|\bbrode\w*|\bsur mesure\b"
    r"|\b(?:avec|a) (?:(?:le|mon|son|un|ma|la|sa|une|nos|leurs) )?(?:nom|prenom|photo|initiales)\b"
    r"|\b(?:ecrit|imprime)e? .{1,20} dessus\b"
)


@dataclass(frozen=True)
class Rule:
    """Replaces the classified question by `meant` (None: by the previous question) if `words` match.

    The classified question must be in `read_as`, and the previous one in `before` (empty: any), as questions or topics.
    """

    read_as: tuple[str, ...]
    words: re.Pattern[str]
    meant: str | None
    before: tuple[str, ...] = ()

    def applies(self, read_as: str, before: str, text: str) -> bool:
        follows = not self.before or _is_one_of(before, self.before)
        return follows and _is_one_of(read_as, self.read_as) and bool(self.words.search(text))


RULES = (
    # « et si demain je n'ai toujours rien ? »
    Rule(
        ("where_is_parcel/where", "where_is_parcel/when"),
        re.compile(r"\bsi\b.{0,40}\b(?:rien|toujours pas|pas (?:recu|arrive|venu|livre)\w*)\b"),
        "where_is_parcel/lost",
        ("where_is_parcel", "track_delivery"),
    ),
    # « le numéro de suivi, c'est quoi déjà ? » names one number, not two
    Rule(
        ("where_is_parcel/numbers",),
        re.compile(r"^(?!.*\b(?:commande|cmd|px|differen|memes?\b|deux\b)).*\bsuivi\b", re.DOTALL),
        "track_delivery/how",
    ),
    # « le numéro de commande et le numéro de suivi, c'est le même ? »
    Rule(
        ("track_delivery",),
        re.compile(r"^(?=.*\bcommande)(?=.*\bsuivi).*\b(?:le meme|pareil|differen|lequel|identique)", re.DOTALL),
        "where_is_parcel/numbers",
    ),
    # « il m'a répondu que c'est ma faute »: he did answer
    Rule(
        ("contact_seller/no_answer",),
        re.compile(
            r"^(?!.*\b(?:pas|jamais|rien|aucune|toujours|sans) (?:encore |toujours )?(?:re?pond|eu|recu|reponse)).*"
            r"\b(?:m'a|ma|nous a|(?:il|vendeur|partenaire) a) (?:deja |bien |pourtant |enfin )?"
            r"(?:repondu?|repondre|dit|ecrit)\b"
            r"|^(?!.*\bre?pond).*\b(?:il|elle|vendeur) (?:me )?(?:dit|pretend|affirme|soutient) qu",
            re.DOTALL,
        ),
        "contact_seller/refuses",
    ),
    # « et s'il ne répond pas avant l'envoi ? »
    Rule(
        ("contact_seller/delay", "contact_seller/refuses", "ask_refund/amount", "ask_refund/want"),
        re.compile(r"\bs[i']? ?(?:il|elle|ils|le vendeur|vendeur)\b.{0,12}\brepond\w* (?:pas|plus|rien|jamais)"),
        "contact_seller/no_answer",
    ),
    # « un reconditionné que j'ai déjà utilisé » (RET-2)
    Rule(
        ("ask_return_conditions/refurbished",),
        re.compile(
            r"^(?!.*\b(?:compte|google|icloud|code)).*"
            r"(?:\b(?:j'|l')ai (?:deja |bien |beaucoup )?utilise|\bm'en (?:suis|sers)\b)"
        ),
        "ask_return_conditions/used",
    ),
    # « il demande le compte Google de quelqu'un d'autre »
    Rule(
        ("unlock_account_device/how", "unlock_account_device/password"),
        re.compile(
            r"\bquelqu\w*(?:'un| un)? d ?'? ?autre|(?<!erreur )\bd'un inconnu|\bautre personne"
            r"|\banci(?:en|enne) (?:propri\w*|client\w*|utilisat\w*|possesseur)"
            r"|\b(?:est|c) pas (?:le mien|mon compte)\b"
        ),
        "unlock_account_device/previous_owner",
    ),
    # « même si je ne l'ai pas ouvert ? », after a question about the deadline
    Rule(
        ("ask_return_conditions/opened", "ask_return_conditions/used"),
        re.compile(r"\bmeme s[i'].{0,20}\b(?:pas|jamais)\b.{0,12}\b(?:ouvert|utilise|servi|deballe|touche|essaye)"),
        None,
        ("ask_return_conditions/deadline", "ask_return_conditions/too_late"),
    ),
    # « mais c'est un truc que je vous ai vendu », after a question about cancelling an order
    Rule(
        ("contact_seller", "out_of_scope/elsewhere", "cancel_order"),
        re.compile(r"\bj(?:e |') ?(?:l')?ai (?:re)?vendu?s? (?:a|chez) vous\b|\bje vous (?:l'?ai|ai) (?:re)?vendu"),
        "cancel_tradein/how",
        ("cancel_order",),
    ),
    # « et si le colis se perd ? », about a device sent for a trade-in
    Rule(
        ("report_damaged_parcel", "where_is_parcel/lost", "ask_refund/lost_parcel"),
        re.compile(r"^(?!.*\bcommande).*(?:\bse (?:perd\w*|soit perdu)|\bperdu\b|\begare)"),
        TRADEIN,
        OF_A_TRADEIN,
    ),
    # « c'est pas une reprise, vous en vendez ? »
    Rule(
        (TRADEIN, "tradein_device_not_listed", "cancel_tradein"),
        re.compile(
            r"^(?!.*\b(?:repren|rachet|annul)).*(?:\bvous (?:en |les? |la )?vend(?:ez|iez)\b|\bvendez[- ]vous\b)"
        ),
        SHOP,
    ),
    # « le suivi dit qu'il est livré chez vous », about a device sent for a trade-in
    Rule(
        ("where_is_parcel/not_delivered", "where_is_parcel/where", "track_delivery", "tradein_data_privacy/erased"),
        re.compile(
            r"^(?!.*\b(?:effac|donnee|photo|vid|supprim)).*"
            r"(?:\b(?:livre|arrive|recu)\w*\b.{0,12}\b(?:chez vous|labo)"
            r"|\b(?:labo\w*|vous) (?:l'|la |le )?(?:a|avez) (?:bien )?recu)",
            re.DOTALL,
        ),
        TRADEIN,
        OF_A_TRADEIN,
    ),
    # « et mes 14 jours, ils passent pendant ce temps ? »
    Rule(
        ("ask_refund/not_received", "ask_refund/delay", "where_is_parcel/when"),
        re.compile(r"^(?!.*\b(?:rembours|argent|30|sous|virement|renvoye|livr)).*\bmes (?:14|quatorze) ?j", re.DOTALL),
        "ask_return_conditions/deadline",
    ),
    # « et ma facture, je l'aurai encore après ? », after a question about the erasure of data
    Rule(
        ("ask_invoice/where",),
        re.compile(r"\bapres\b|\bencore\b|\bgard\w*|\bperd\w*"),
        "exercise_data_rights/consequences",
        ("exercise_data_rights/erase", "exercise_data_rights/consequences"),
    ),
    # « « Demande de facture », c'est où exactement ? » (INV-2)
    Rule(
        ("ask_invoice", "follow_up/where", "follow_up/not_there", "contact_seller/theme"),
        re.compile(
            r"\b(?:demande de facture|liste deroulante|menu deroulant)\b.{0,30}\bou\b"
            r"|\bou\b.{0,30}\b(?:demande de facture|liste deroulante|menu deroulant)"
        ),
        "ask_invoice/missing",
    ),
    # « et sa réponse, je la verrai où ? »
    Rule(
        ("follow_up/where", "follow_up/confirmed", "contact_seller/delay", "contact_seller/how"),
        re.compile(
            r"\breponse\b.{0,25}\bou(?: (?:est|arrive|va|vais|je)\b|\W*$)|\bou (?:est|je|arrive)\b.{0,20}\breponse\b"
        ),
        "contact_seller/reply_where",
        ("contact_seller", "ask_invoice/missing"),
    ),
    # « et je l'envoie à quelle adresse ? », after a question about a trade-in: the postal address would be wrong
    Rule(
        ("contact_support/post", "ask_withdrawal/address", "contact_seller/post"),
        re.compile(r"^(?!.*\b(?:service client|reclam\w*)\b).*(?:\benvo\w*|\bexpedi\w*|\badresse)", re.DOTALL),
        TRADEIN,
        OF_A_TRADEIN,
    ),
    # « vous reprenez les aspirateurs ? »: nothing says that it is not in the list
    Rule(
        ("tradein_device_not_listed/how",),
        re.compile(
            r"^(?!.*\b(?:list|pas|trouv|absen|appar|introuv|choix|figur|aucun)).*\b(?:repren|rachet)", re.DOTALL
        ),
        "tradein_device_not_listed/start",
    ),
    # « j'ai fait des photos, je les envoie où ? »
    Rule(
        ("report_damaged_parcel",),
        re.compile(
            r"^(?=.*\bphotos?\b).*\b(?:envo[iy]\w*|mets?|mettre|depose\w*|joi\w*|transm\w*)\b"
            r".{0,15}\bou(?: exactement| ca)?\W*$",
            re.DOTALL,
        ),
        "contact_seller/attach",
    ),
    # « et si je n'ai rien d'ici vendredi, je suis remboursée ? »: no parcel, or (next rule) no answer of the seller
    Rule(
        ("ask_refund/want", "ask_refund/delay", "ask_refund/not_received"),
        re.compile(r"\bsi\b.{0,30}\brien\b"),
        "ask_refund/lost_parcel",
        ("where_is_parcel", "track_delivery"),
    ),
    Rule(
        ("ask_refund/want", "ask_refund/delay", "ask_refund/not_received"),
        re.compile(r"\bsi\b.{0,30}\brien\b"),
        "contact_seller/no_answer",
        ("contact_seller",),
    ),
    # « je veux contacter le vendeur, pas un conseiller », « non, le VENDEUR »
    Rule(
        ("contact_support/contact", "contact_support/complaint"),
        re.compile(
            r"^\W*(?:(?:non|nan|mais)\W+){0,2}(?:je )?(?:veux|voudrais|dois|peux) (?:juste |directement )?"
            r"(?:contacter|joindre|parler|ecrire) (?:directement )?(?:avec |a |au )?(?:le |mon )?vendeur"
            r"(?:\W+pas .{1,25})?\W*$"
        ),
        "contact_seller/how",
    ),
    Rule(
        ("contact_seller/refuses", "contact_seller/who", "contact_seller/no_answer", "contact_support"),
        re.compile(r"^\W*(?:(?:mais|non|nan)\W+){1,2}(?:c'est )?(?:le|au|mon) (?:vendeur|marchand)\W*$"),
        "contact_seller/how",
    ),
    # « c'est payant de demander à supprimer ? »
    Rule(
        ("exercise_data_rights",),
        re.compile(r"\bpayant|\bgratuit|\bcoute"),
        "follow_up/who_pays",
        ("exercise_data_rights",),
    ),
    # « c'est livré en combien de temps ? »
    Rule(
        ("report_damaged_parcel/outcome",),
        re.compile(r"\blivr\w* (?:en|sous) (?:combien|cb)\b|\bdelai de livraison"),
        "where_is_parcel/when",
    ),
    # « avis de passage ! », however it was classified
    Rule(
        ("follow_up", "ask_invoice", "out_of_scope/other", "where_is_parcel/where", "clarify"),
        re.compile(r"\bavis (?:de passage|du facteur)\b"),
        "where_is_parcel/notice",
    ),
    # « jusqu'à quand exactement ? », after a question about returns
    Rule(
        ("ask_duration", "follow_up/too_late"),
        re.compile(r"^(?!.*\b(?:attend|vendeur|repond|adresse)).*\bjusqu ?'? ?a (?:quand|kan\w*|quel)"),
        "ask_return_conditions/deadline",
        ("ask_return_conditions", "ask_withdrawal"),
    ),
    # « il m'a toujours pas répondu », classified as a refusal
    Rule(
        ("contact_seller/refuses",),
        re.compile(
            r"^(?!.*\b(?:refus|dit|veut|pretend)).*\b(?:pas|jamais|rien) (?:encore |toujours )?repond", re.DOTALL
        ),
        "contact_seller/no_answer",
    ),
    # « le numéro pour aller plus vite ? »
    Rule(
        ("update_personal_info", "cancel_order", "where_is_parcel", "contact_seller"),
        re.compile(
            r"^(?!.*\b(?:mon num|chang|modif|nouveau|mauvais|livreur)).*"
            r"\bnum(?:ero)?\b.{0,20}\b(?:plus vite|appeler|joindre|du service|du sav|du conseiller)\b"
        ),
        "contact_support/phone",
        ("update_personal_info", "cancel_order"),
    ),
    # « les 30 jours, ça part de quand ? »
    Rule(
        ("ask_return_conditions/deadline", "ask_return_conditions/too_late"),
        re.compile(
            r"^(?!.*\b(?:14|quatorze|recu|livre|rend\w*|retour\w*|vendeur)\b).*"
            r"\b(?:30|trente) ?j(?:ours?)?\b.{0,60}\b(?:quand|part|compt|commenc)\w*",
            re.DOTALL,
        ),
        "ask_refund/count_from",
    ),
    # « donc c'est pas encore parti ? », without a word about cancelling
    Rule(
        ("cancel_order/not_shipped",),
        re.compile(
            r"^(?!.*\b(?:annul|stop|arret|suppri|chang|tromp|retract|erreur|mauvais|plus (?:besoin|envie)"
            r"|veux? (?:plus|pas)|au lieu))",
            re.DOTALL,
        ),
        "where_is_parcel/where",
        ("where_is_parcel", "track_delivery"),
    ),
    # « j'ai annulé avant l'envoi », after a question about a refund
    Rule(
        ("cancel_order",),
        re.compile(r"\b(?:ai|a ete|est|etait|avons|avait) (?:deja |bien )?annule|\bannulee?s? (?:avant|par)\b"),
        "ask_refund/cancelled_order",
        ("ask_refund",),
    ),
    # « et qui paie l'envoi ? »
    Rule(
        ("ask_refund/who",),
        re.compile(r"\bqui (?:doit )?pa(?:ie|ye|yer)\b.{0,20}\b(?:envoi|retour|port|frais|renvoi|transport|colis)\b"),
        "ask_return_conditions/who_pays",
    ),
    # « si le crédit est refusé »: no documented fact answers this
    Rule(
        ("ask_withdrawal/credit", "ask_return_conditions", "cancel_order"),
        re.compile(r"\bcredit\b.{0,20}\b(?:refus|rejet|bloqu)|\brefus\w* (?:de |du |le |mon )*credit\b"),
        SHOP,
    ),
    # « je peux pas téléphoner, je suis sourde », « un courriel à la place ? »
    Rule(
        ("contact_support",),
        re.compile(
            r"\b(?:peux|peut|veux|sais) pas (?:vous |les |l')?(?:tel\w*|appel\w*|parler)\b"
            r"|\bsourde?\b|\bmalentendant|\bmuet|\bplutot (?:par |un )?(?:e-?mail|mail|courriel)"
            r"|\b(?:e-?mail|mail|courriel)\b.{0,25}\b(?:place|plutot)\b"
        ),
        "contact_support/email",
    ),
    # « je suis pas sûr d'avoir un numéro »: an order's number, not a phone number
    Rule(
        ("contact_support/phone",),
        re.compile(
            r"^(?!.*\b(?:tel|appel|joindre)).*"
            r"\b(?:avoir|ai|trouve|connais) (?:pas )?(?:un |le |de |mon |ce )?num(?:ero)?\b"
        ),
        "where_is_parcel/number",
        ("where_is_parcel", "track_delivery", "cancel_order", "contact_seller"),
    ),
    # « le samedi, personne ne répond ? »
    Rule(("contact_support/no_answer",), re.compile(r"\b(?:samedi|dimanche|week[- ]?end)\b"), "contact_support/hours"),
    # « le lundi de Pâques, c'est ouvert ? »
    Rule(("contact_support/hours", "contact_support/phone"), HOLIDAY, "contact_support/holiday"),
    # « et l'organisme de crédit ? », « garder le PC et annuler le crédit seulement ? »: no documented fact answers this
    Rule(
        ("ask_withdrawal", "ask_return_conditions", "cancel_order"),
        re.compile(
            r"\borganisme\b|\bgard(?:er|e)\b.*\bcredit\b|\bcredit\b.*\bgard(?:er|e)\b|\b(?:que|juste) le credit\b"
            r"|\bmensualite|\bcredit\b.{0,25}\b(?:s'? ?|est |sera |va (?:etre |s')?)(?:annul|arret|stop)"
            r"|\bs'?annul\w* .{0,15}\bcredit\b|\bcredit lui[- ]meme"
        ),
        SHOP,
    ),
    # « payé à crédit le 23, je peux faire marche arrière ? »
    Rule(
        ("ask_withdrawal/how", "ask_return_conditions/general"),
        re.compile(r"\b(?:a|contrat de|un|mon|son) credit\b(?!.*\bcarte de credit)"),
        "ask_withdrawal/credit",
    ),
    # « la coque avec le nom de mon fils est trop petite » (RET-4)
    Rule(
        (
            "ask_withdrawal/how",
            "ask_withdrawal/exchange",
            "ask_return_conditions/general",
            "ask_return_conditions/used",
        ),
        _PERSONALISED,
        "ask_return_conditions/personalised",
    ),
    # « jamais arrivé, je ne peux rien renvoyer »
    Rule(
        ("ask_refund/return_lost",),
        re.compile(r"\b(?:jamais|pas) (?:ete )?(?:arriv|livr|re[cs]u)\w*.{0,40}\brien (?:a )?renvoy"),
        "ask_refund/lost_parcel",
    ),
    # « je veux me rétracter, c'est quoi le délai ? »
    Rule(
        ("ask_withdrawal/how",),
        re.compile(
            r"^(?!.*\b(?:rembours|argent|retard)).*\b(?:quoi|koi|quel) (?:est |c'est )?(?:le |mon )?del(?:ai|e|et)\b"
        ),
        "ask_return_conditions/deadline",
    ),
    # « s'il refuse l'échange, je peux être remboursé ? »: an exchange is no return
    Rule(
        ("ask_return_conditions/refused",),
        re.compile(r"\brefus\w* (?:d'|de |l'|un |mon )*echange\w*.*\brembours"),
        "ask_refund/want",
    ),
    # « et si le suivi ne bouge plus ? »
    Rule(("ask_refund",), re.compile(r"\bsuivi\b.{0,20}\b(?:bouge|avance|change)\w*"), "where_is_parcel/lost"),
    # « il est où, votre labo ? » (TRD-1)
    Rule(
        (TRADEIN, "tradein_device_not_listed"),
        re.compile(r"^(?!.*\b(?:perd|egar|jamais|recu|arrive)).*\blabo", re.DOTALL),
        "tradein_data_privacy/erased",
    ),
    # « et par mail ? », after a withdrawal by phone (WDR-3)
    Rule(
        ("contact_support/email", "contact_seller/phone"),
        re.compile(r"^\W*(?:et |ou |mais )?(?:par|un) (?:simple )?(?:e-?mail|mail|courrier|lettre|sms)\W{0,3}$"),
        "ask_withdrawal/channel",
        ("ask_withdrawal",),
    ),
    # « ça repart à l'expéditeur, je suis remboursé ? », « je l'ai jamais eu, j'ai rien à retourner »
    Rule(
        (
            "ask_refund/delay",
            "ask_refund/want",
            "ask_refund/amount",
            "ask_withdrawal/how",
            "ask_withdrawal/refused_parcel",
        ),
        re.compile(
            r"^(?!.*\b(?:mon|le|l'|du|un) ?(?:argent|rembours\w+|virement)\b)"
            r"(?:.*\b(?:re)?part\w*.{0,15}\bexpediteur|.*\bretour\w* (?:a |chez )l'expediteur"
            r"|.*\bsans (?:que je l'ai|l'avoir) \w+|.*\bjamais (?:eu|recu|arrive\w*|livre\w*)\b"
            r"|.*\barrive(?:nt)? jamais\b|.*\bje l'ai pas le produit\b)",
            re.DOTALL,
        ),
        "ask_refund/lost_parcel",
    ),
    # « renvoyé le 20 octobre, ça fait combien ? »: of days
    Rule(("ask_refund/amount",), re.compile(r"\brenvoy\w* le\b.*\bca fait (?:cb|combien)\b"), "ask_refund/delay"),
    # « même si je l'ai depuis 3 jours ? »: the days change nothing (RET-4)
    Rule(
        ("ask_return_conditions",),
        re.compile(r"\bmeme s[i']"),
        None,
        ("ask_return_conditions/personalised", "ask_return_conditions/excluded"),
    ),
)


def meant_by_words(turn: Turn, read_as: str, before: str, mentions_order: bool) -> str:
    """The question that the message's words mean after `before`; the same if no rule applies."""
    text, topic = read(turn.message), topics.intent_of(read_as)
    if topic == "where_is_parcel" and not mentions_order and _awaits_refund(turn, text):
        return "ask_refund/not_received"
    if before == SHOP and read_as != MEANS and is_about_payment(turn) and _asks_money_back(topic, text):
        return SHOP  # « je récupère mon argent quand ? » of a payment: nothing was sent back
    if read_as == "product_not_working/what_to_do" and _is_about_account(turn) and _DEAD_DEVICE.search(text):
        return "unlock_account_device/how"  # « mon téléphone s'allume plus en fait » after the steps
    rule = next((rule for rule in RULES if rule.applies(read_as, before, text)), None)
    return (rule.meant or before) if rule else read_as


def _is_about_account(turn: Turn) -> bool:
    """Whether the last answer was the steps for an account, or the message returns to them by naming a device."""
    returns = turn.slot("has_access") is not None and turn.entity("device_family") is not None
    return returns or topics.intent_of(turn.slot("question") or "") == "unlock_account_device"


def _is_one_of(question: str, names: tuple[str, ...]) -> bool:
    return question in names or topics.intent_of(question) in names


def _asks_money_back(topic: str, text: str) -> bool:
    return topic == "ask_refund" or (topic == "ask_withdrawal" and bool(_MONEY_BACK.search(text)))


def _awaits_refund(turn: Turn, text: str) -> bool:
    """« Et si le 9 décembre j'ai toujours rien ? », once the day of the return is known."""
    return RETURNED in (turn.slot("said_days") or {}) and bool(AND_IF_NOT.search(text))


def is_about_payment(turn: Turn) -> bool:
    """Whether this message or one of the two before it was about a payment."""
    return any(_PAYS.search(read(text)) for text in turn.recent_texts())
