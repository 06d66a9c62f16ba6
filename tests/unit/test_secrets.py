"""Passwords, codes, a card's date and code, and social-security numbers are masked; look-alikes are not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.contacts import POSTAL_ADDRESS
from shop.masking import mask
from shop.masking.sources import LABELS

# The text between ⟦ and ⟧ must be masked, and nothing else. Its first letter: w password, c code, v CVV, e expiry, n
# NIR.
SECRETS = """
w mon mdp c'est ⟦Toto1234⟧
w mon mdp c ⟦toto1234⟧ et sa marche pas
w mon mdp cest ⟦soleil⟧
w mon mdp c’est ⟦soleil⟧, aidez moi
w mdp=⟦azerty⟧
w mdp: ⟦azerty⟧
w MDP : ⟦AZERTY12⟧ merci
w mot de passe : ⟦Soleil2024!⟧
w mot de passe ⟦Soleil2024⟧
w Mon mot de passe est ⟦P@ssword1⟧.
w mon mot de passe pixmania est ⟦marguerite⟧
w mon nouveau mot de passe c'est ⟦chaton75⟧, l'ancien marche plus
w le mot de passe de mon compte est ⟦Loulou!75⟧
w mo de pass : ⟦doudou33⟧
w mot 2 passe c ⟦doudou33⟧
w mon mot de passe actuel : ⟦abc$def⟧
w password: ⟦hunter2⟧
w mon mail c'est a@example.com et mon mdp ⟦Camille_92⟧
w identifiant camille mot de passe "⟦mon chat gris⟧"
w ⟦Toto1234⟧ c'est mon mot de passe
w mon mot de passe c'etait ⟦lapin44⟧
w je mets mon mot de passe ⟦123456⟧ et ça bloque
w mot de passe : ⟦123456⟧
w mdp iCloud : ⟦Pomme2020⟧
w mot de passe de mon wifi : ⟦box1234⟧
w pass : ⟦toto12⟧
c mon code pin est ⟦4589⟧
c code pin ⟦4589⟧
c pin: ⟦4589⟧
c PIN = ⟦123456⟧
c le code de déverrouillage c'est ⟦1 2 3 4⟧
c le code de mon iphone c'est ⟦2580⟧
c code de déverrouillage : ⟦azerty12⟧
c mon code c'est ⟦4512⟧
c mon code secret c ⟦4512⟧
c voici le code reçu par sms : ⟦458712⟧
c le code de confirmation est le ⟦458 712⟧
c code sim ⟦0000⟧
c code puk ⟦12345678⟧
c code à 6 chiffres : ⟦458712⟧
c le code du téléphone ⟦1990⟧ pour le retour
c le schéma c'est ⟦1-4-7-8-9⟧
c mon code de verrouillage c'est ⟦147258⟧
v cvv ⟦123⟧
v le cvv c'est ⟦123⟧
v CVC: ⟦1234⟧
v cryptogramme ⟦123⟧
v le cryptogramme visuel est ⟦123⟧
v crypto : ⟦1 2 3⟧
v code de sécurité ⟦123⟧
v ⟦123⟧ c'est le cvv
v ma carte, les 3 chiffres au dos c'est ⟦987⟧
v les trois derniers chiffres au dos de la carte : ⟦987⟧
v au dos de ma carte ⟦987⟧
e ma carte expire le ⟦12/27⟧
e carte bancaire valable jusqu'au ⟦09/2028⟧
e cb exp ⟦12/27⟧
e la date d'expiration de ma carte c'est ⟦12 27⟧
e date de validité de la carte : ⟦décembre 2027⟧
e ma visa expire en ⟦03-29⟧
n mon numéro de sécu ⟦1 84 12 75 116 005 {a}⟧
n ⟦184127511600{b}⟧
n nss : ⟦1 84 12 75 116 005 {a}⟧ merci
n ⟦1.84.12.75.116.005.{a}⟧
n 2 69 05 est le début, en entier ⟦2 69 05 59 350 123 {c}⟧
n ⟦1 73 03 2A 033 111 {d}⟧
n numero de securite sociale : ⟦1 84 12 75 116 005⟧
n ma carte vitale ⟦184127511600599⟧
"""
KINDS = {"w": "password", "c": "code", "v": "cvv", "e": "expiry", "n": "nir"}


def key(number):
    return f"{97 - int(number) % 97:02d}"


KEYS = {
    "a": key("1841275116005"),
    "b": "5" + key("1841275116005"),
    "c": key("2690559350123"),
    "d": key("1730319033111"),
}
CASES = [(line[0], line[2:].format(**KEYS)) for line in SECRETS.strip().splitlines()]
HARMLESS = """
mot de passe oublié
Mot de passe : oublié
J'ai oublié mon mot de passe ?
j'ai oublier mon mdp
mdp oublié svp
mon mot de passe est refusé
mon mot de passe est incorrect alors que c'est le bon
mon mot de passe c'est pas le bon
mot de passe : impossible de le changer
mot de passe : comment faire ?
mot de passe perdu, que faire
problème de mot de passe : je ne reçois pas le mail
je veux changer mon mot de passe
je n'arrive pas à changer mon mot de passe pour ma commande PX48207264
mot de passe oublié PX48207264
mot de passe oublié, mon mail c'est camille.durand@example.com
mon mot de passe et mon mail camille@example.com ne marchent pas
mon mot de passe est trop long
mon mdp est bloqué
mon mdp marche pas
mon mdp est plus valable
le mot de passe est demandé 3 fois
mon mot de passe c'est normal qu'il soit refusé ?
le mot de passe doit avoir 12 caractères
mot de passe : 8 caractères minimum
j'ai changé mon mot de passe ce matin
j'ai changé mon mot de passe le 12/11/2026
mot de passe apple oublié sur mon iphone 12
mot de passe 2 fois refusé
Mot de passe oublié : 06 12 34 56 78
mon mot de passe est piraté
je n'ai pas reçu le code
j'ai pas reçu le code de confirmation
le code ne marche pas
code postal 75017
mon code postal c'est 75017
le code postal est 06000
code promo NOEL25
code promo : PIX2026
code de suivi 6A12345678901
code erreur 4013
erreur code 4013
code barre 3760123456789
code article 123456
code de retrait reçu il y a 3 jours
le code à 4 chiffres n'arrive pas
le code de déverrouillage n'est plus le même
retirer le code de verrouillage de mon iphone 13
mon code client c'est quoi ?
code de déverrouillage perdu depuis 2024
la carte sim du galaxy s21
commande PX48207264
n° de commande : PX48207264
ma commande 48207264 du 12/11/2026
PX-4820-7264 payée par carte le 12/11/2026
PX48207264 payé 1 299,00 € par carte bancaire le 12/11/2026 à 14h30
payé en 4 fois par carte : 124,75 € le 05/10, 124,75 € le 05/11
remboursement de 1 234,56 euros sur ma carte depuis 30 jours
mon numéro de suivi est 8R00482072641
suivi colissimo 6A12345678901, commande PX48207264
suivi 00370123456789012345
mon téléphone 06 12 34 56 78 ou +33 6 12 34 56 78
appelez le 0612345678 après 18h30, commande 48207264
IMEI 356938035643809
la garantie expire le 12/27
mon bon d'achat est valable jusqu'au 12/27
livraison prévue le 12/12, entre 8h et 12h
expédié le 12/11
payé par carte, commandes 48214092 et 48216758
commande 1234 articles, 123 pièces
en 2023, 2024, 2025 et 2026 j'ai commandé
la sécurité sociale rembourse ?
le dos du téléphone est rayé sur 123 mm
ma carte cadeau expire le 12/27
j'ai payé avec la carte qui finit par 4444
prix 499,00 € au lieu de 599,00 €
ma carte a été débitée deux fois de 249 €
il reste 123 jours
siret 83012345600012
"""


@pytest.mark.parametrize(("kind", "marked"), CASES)
def test_a_secret_is_masked_and_nothing_else(kind, marked):
    text = re.sub("[⟦⟧]", "", marked)
    assert mask(text) == re.sub("⟦.*?⟧", LABELS[KINDS[kind]], marked)


@pytest.mark.parametrize("text", [*HARMLESS.strip().splitlines(), ", ".join(POSTAL_ADDRESS[1:])])
def test_what_is_no_secret_stays(text):
    assert mask(text) == text


WORDS = [
    "mon mdp c'est ", "mdp ", "mot de passe : ", "pass : ", "code pin ", "code ", "cvv ", "au dos ", "exp ", "valable ",
    "carte ", "cb ", "4111 1111 ", "5555 5555 5555 ", "4444 ", "12/27 ", "123 ", "toto12", "soleil",
    "1 84 12 75 116 005 ",
    "22 ", "sécu ", "c'est ", "est ", '"', ", ", "\n", "PX48207264 ", "de ", "mon ", ":", " ", *LABELS.values(),
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join))
def test_secrets_are_masked_only_once(text):
    assert mask(mask(text)) == mask(text)
