"""SMS spelling, denied clauses and dictated addresses: normalising a message."""

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import spelling
from bot.nlu.negation import without_denied
from bot.nlu.spelling import EXPANSIONS, correct_verb_endings, expand_sms
from bot.nlu.spoken_email import SpokenEmail, with_emails_written
from bot.nlu.text import normalised


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("g pa resu mn coli", "j'ai pas reçu mon colis"),
        ("ou est ma cmd", "où est ma commande"),
        ("kan jsui rembourser", "quand jsui remboursé"),
        ("la chance est à moi, j'ai gagné", "la chance est à moi, j'ai gagné"),
        ("gag", "gag"),
        ("le délai est de 4h", "le délai est de 4h"),
    ],
)
def test_words_that_are_known_are_written_out_and_no_parts_of_words(text, meant):
    assert expand_sms(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("j'ai commander un casque", "j'ai commandé un casque"),
        ("elle a été expédier hier", "elle a été expédié hier"),
        ("je veux annulé", "je veux annuler"),
        ("on peut l'échangé ?", "on peut l'échanger ?"),
        ("pour la télé, comment allez-vous", "pour la télé, comment allez-vous"),
        ("il a un casier et un panier", "il a un casier et un panier"),
    ],
)
def test_verb_endings_that_sound_alike_are_put_right(text, meant):
    assert correct_verb_endings(text) == meant


@pytest.mark.parametrize(("written", "meant"), EXPANSIONS.items())
def test_a_spelling_is_read_as_what_it_stands_for_wherever_it_stands(written, meant):
    assert normalised(f"{written} azerty qsdfgh {written}") == f"{meant} azerty qsdfgh {meant}"
    assert expand_sms(meant) == meant, "what is meant is itself a spelling of something else"


def test_no_spelling_stands_twice():
    lines = [line.partition(": ")[2].split() for line in spelling._TABLE.strip().splitlines()]
    listed = [written for line in lines for written in line]
    assert sorted(listed) == sorted(set(listed))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("je ne veux pas annuler, juste savoir où elle est", "juste savoir où elle est"),
        ("j'ai pas demandé un remboursement, je veux savoir où est mon colis", "je veux savoir où est mon colis"),
        ("je parle pas du colis mais quand arrive le remboursement", "mais quand arrive le remboursement"),
        ("pas le vendeur, vous, je vous joins comment", "vous, je vous joins comment"),
        ("je veux le numéro de suivi, pas la facture", "je veux le numéro de suivi"),
        ("je parlais de la facture, pas d'un retour", "je parlais de la facture"),
        ("je parlais de la facture, pas de la rétractation", "je parlais de la facture"),
        ("non, le numéro de la commande, pas celui du suivi.", "non, le numéro de la commande"),
        ("Je ne fais pas de reprise, je veux savoir si je perds mes photos.", "je veux savoir si je perds mes photos"),
        (
            "je ne veux rien effacer. à qui puis-je demander, je voudrais savoir",
            "à qui puis-je demander, je voudrais savoir",
        ),
        ("pas un remboursement mon COLIS", "mon COLIS"),
        ("non pas un retour, un échange", "un échange"),
        ("je veux juste plus de pub, pas supprimer mon compte", "je veux juste plus de pub"),
        ("je veux contacter le vendeur pas un conseiller", "je veux contacter le vendeur"),
        ("c'est pas un retour, c'est pour ma reprise", "c'est pour ma reprise"),
        ("c'est pas le carton qui est cassé c'est le mug", "c'est le mug"),
        ("non j'annule pas, je veux mes photos", "je veux mes photos"),
        # Nothing else is asked.
        ("je veux pas annuler", "je veux pas annuler"),
        ("j'ai jamais demandé ça !", "j'ai jamais demandé ça !"),
        ("je ne veux pas annuler, merci", "je ne veux pas annuler, merci"),
        ("ne me remboursez pas, je veux un échange", "je veux un échange"),
        # Nothing is denied.
        ("le vendeur ne me rembourse pas, comment faire ?", "le vendeur ne me rembourse pas, comment faire ?"),
        ("on me répond pas, je fais quoi ?", "on me répond pas, je fais quoi ?"),
        ("vous me remboursez pas, comment je fais", "vous me remboursez pas, comment je fais"),
        (
            "c'est pas à moi de payer le retour, c'est au vendeur",
            "c'est pas à moi de payer le retour, c'est au vendeur",
        ),
        ("c'est pas livré, c'est bloqué où ?", "c'est pas livré, c'est bloqué où ?"),
        ("j'ai reçu la coque pas le téléphone", "j'ai reçu la coque pas le téléphone"),
        ("ils la trouvent pas la commande", "ils la trouvent pas la commande"),
        ("si je renvoie pas la boîte, comment ça se passe ?", "si je renvoie pas la boîte, comment ça se passe ?"),
        ("je la vois pas la facture", "je la vois pas la facture"),
        ("c'est pas un iphone c'est un xiaomi", "c'est pas un iphone c'est un xiaomi"),
        ("c'est pas grave c'est le carton", "c'est pas grave c'est le carton"),
        ("où est mon colis ? il n'est pas arrivé", "où est mon colis ? il n'est pas arrivé"),
    ],
)
def test_what_is_denied_is_left_out_where_something_else_is_asked(text, asked):
    assert without_denied(text) == asked


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("camille point durand arobase exemple point com", "camille.durand@exemple.com"),
        ("mon mail c'est camille tiret du bas durand arobase mail point fr merci", None),
        ("c'est jean tiret marc underscore b arobase free point fr", "c'est jean-marc_b@free.fr"),
        ("camille.durand @ exemple.com", "camille.durand@exemple.com"),
        ("jean-paul.d(at)orange.fr", "jean-paul.d@orange.fr"),
        ("PAUL AROBASE GMAIL POINT COM", "PAUL@GMAIL.COM"),
    ],
)
def test_a_dictated_address_is_typed(said, meant):
    assert with_emails_written(said) == (meant or "mon mail c'est camille_durand@mail.fr merci")


@pytest.mark.parametrize(
    "text",
    [
        "mon mail : a.b-c_d@mail.fr, merci",
        "le point sur ma commande, un tiret manque",
        "c'est où l'arobase sur mon clavier ?",
        "PX48201937 a.b@mail.fr",
    ],
)
def test_what_is_no_dictated_address_stays(text):
    assert with_emails_written(text) == text


def test_the_extractors_read_the_address_as_it_is_typed():
    [message] = SpokenEmail().process([Message({"text": "paul arobase gmail point com"})])
    assert message.get("text") == "paul@gmail.com"
