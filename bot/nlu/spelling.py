"""Expands SMS spelling, so that « g pa resu mn coli » counts as « j'ai pas reçu mon colis ».

Only for spellings that are no French word, or are rarely used as one in a shop's chat. Training lines and messages
are expanded in the same way, so an expansion need not fit every sentence.
"""

import re

# One entry per line: the word, then its spellings.
_TABLE = """
j'ai: g jé jai
je: jeu
je suis: jsuis chuis jss chui
je sais: jsais jsai
je ne: jne
j'en: jen
j'attends: jatend jatten jattend jattends jatends
j'arrive: jarrive
je veux: jveux jve jveu jvx
je voudrais: jvoudrais jvoudrai jvoudré
je peux: jpeux jpe jpeu jpx
je fais: jfais jfai jfé
je vais: jvais jvai jvé
je vois: jvois
je le: jle
je la: jla
je les: jles
je me: jme
j'avais: javais javé
j'étais: jetais
j'ai reçu: jaireçu
j'aurai: jorai jaurai
j'aurais: jaurais jorais
c'est: c cest sé cé ces't
c'était: cetait ct cété
qu'est-ce que: kesk keske qesque kesque
est-ce que: esque eske esk esqe
qu'il: kil quil
quand: kan kand qd qan quan kant
comment: koman koment commen kommen komen cmt cmnt coment kment commt
quoi: koi qoi kwa quoa
que: ke q qe
qui: ki
quel: kel qel quelle kelle
où: ou
pourquoi: pk pq prk pourkoi pourkwa porquoi
parce que: pcq parske pask pck paske
pour: pr pour pou
par: pa'r
pas: pa pô
pas de: pad
plus: plu pluss
dans: ds dan
des: dè
donc: dc donk
du coup: dcp ducoup
tout: tt tou
tous: ts
toute: tte
beaucoup: bcp bcoup bocou
toujours: tjs tjrs tjr toujour
jamais: jms jamai jamé
vous: vs vou
nous: ns
mon: mn
mes: mé
ma: m'a
avec: avk avc ac avek
sans: ss san
suis: sui
sur: sr
même: mm meme
mais: mai
merci: mci mrc mrci mersi
bonjour: bjr bjour bonjours bonjou bnjr
bonsoir: bsr
salut: slt salu
s'il vous plaît: svp siouplait silvouplait
s'il te plaît: stp
rien: rienn
quelqu'un: qqn qqun qlqn kelkun
quelque chose: qqch qlq
aujourd'hui: ajd aujourdhui ojourdui auj
demain: dmain
maintenant: mtn mnt mtnt maintnant
message: msg
téléphone: tel tél tph telephone telefone
ordinateur: ordi pc
problème: pb pbm prob probleme
numéro: num numero nb nméro
commande: cmd comande cmde commende komande commnde comand
commandé: comandé
colis: coli kolis colie
livraison: livrezon livréson livrason
livré: livrai
reçu: resu recu ressu reçue recue
remboursement: rembt remboursment rembourssement remboursemen
remboursé: rembourser remboursée rembourssé rembourse
facture: factur fakture
retour: retourn
adresse: adress adrese
compte: cpte conpte cpt kompte
commander: cmder comander komander
obligé: oblijé oblige obliger
attendre: attandre
annulation: anulation
annuler: anuler anulé annulé annulée
garantie: garenti garanti garentie
vendeur: vendeure vendeurs
trop: tro
peut-être: ptetre ptet peutetre
rendez-vous: rdv
week-end: we weekend
ça: sa ca
il y a: ya y'a ilya
il y a pas: yapa yapas
il n'y a: nya
c'est où: cou
d'accord: dac dacc daccord dakor ok okay okey oki
tranquille: tkt tqt
s'il: sil
jusqu'à: jusqua juska
heure: h heur
heures: hs
et: é
fait: fé fai
avez: avé avai
allez: alé
aller: alle
savoir: savoire
voir: vouar
marche: march
gens: jans
argent: thune tune thunes fric oseille
gratuit: gratos
ouais: ouai ué wé
oui: wi
non: nn nan
"""
# « J'ai commander », « je veux annulé », « comment changez »: -er, -é and -ez sound alike. The words before the
# verb show which ending is right. Frequent nouns and adjectives in -er and -é are not changed.
_BEFORE_PARTICIPLE = r"(?:j'ai|tu as|il a|elle a|on a|a été|nous avons|vous avez|ils ont|est|suis|sont|été|j'avais)"
_BEFORE_INFINITIVE = (
    r"(?:veu[xt]|voudrais|aimerais|souhaite|souhaiterais|peu[xt]|pouvez|pourrais|puis-je|dois|doit|faut|vais|va"
    r"|comment|pour|sans)"
)
_PARTICIPLE = re.compile(
    rf"\b({_BEFORE_PARTICIPLE}(?: (?:pas|plus|bien|déjà|deja|tout|jamais|encore|mal))* )"
    r"(?!premier|dernier|super|papier|panier|atelier|courrier|huissier)(\w{3,})er\b"
)
_INFINITIVE = re.compile(
    rf"\b({_BEFORE_INFINITIVE}(?: (?:me|te|le|la|les|se|bien|tout|pas|en|y|lui))* (?:[lmst]')?)"
    r"(?!télé|bébé|société|canapé|congé|malgré|allez|arrivée|soirée|journée|rentrée|donnée|coordonnée)"
    r"(\w{3,})(?<!it)(?<!ann)(?:é|ée|és|ées|ez)\b(?!-)"
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|(?<!\d)\d++[a-z]+", re.UNICODE)


def _entries() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        meant, _, spellings = line.partition(": ")
        for spelling in spellings.split():
            if spelling != meant:
                found.setdefault(spelling, meant)
    return found


EXPANSIONS = _entries()


EMOJI = {
    **dict.fromkeys("👍👌✅✔🆗💯👏", "ok"),
    **dict.fromkeys("👎❌✖🚫⛔🙅", "non"),
    **dict.fromkeys("🙏❤🥰😍", "merci"),
    **dict.fromkeys("👋", "bonjour"),
}


def expand_sms(text: str) -> str:
    """`text` in lower case, with each known SMS spelling replaced."""
    return _WORD.sub(lambda word: EXPANSIONS.get(word.group(), word.group()), text)


def correct_verb_endings(text: str) -> str:
    """« j'ai commander » as « j'ai commandé », « je veux annulé » as « je veux annuler »; `text` in lower case."""
    return _INFINITIVE.sub(r"\1\2er", _PARTICIPLE.sub(r"\1\2é", text))


def emoji_as_words(text: str) -> str:
    """Replace a message of emoji alone by its word: « 👎 » is « non ». Unchanged if it contains words."""
    if any(character.isalnum() for character in text):
        return text
    words = dict.fromkeys(EMOJI[character] for character in text if character in EMOJI)
    return " ".join(words) or text
