"""Several questions in one message, or one question beside small talk."""

import pytest

from bot.nlu.context import topic_of
from bot.nlu.message_parts import asks, completion, corrected_subject, is_clause, parts, subject
from bot.nlu.model import Reading
from bot.nlu.multi_intent import (
    beside_small_talk,
    clearer_part,
    follow_up_after,
    follow_up_first,
    implied_questions,
    is_about,
    questions,
    without_opening,
)

TOPICS = {"ask_refund", "ask_invoice", "where_is_parcel", "contact_support"}


def reading(*found):
    """A reading with these questions and probabilities."""
    of_topic = {}
    for question, share in found:
        of_topic[topic_of(question)] = of_topic.get(topic_of(question), 0) + share
    return Reading(sorted(of_topic.items(), key=lambda one: -one[1]), list(found))


# « beaucoup ! »
NOTHING = reading(("thank", 0.9))
READ = {
    "Quand serai-je remboursé ?": reading(("ask_refund/delay", 0.95)),
    "Où est ma facture ?": reading(("ask_invoice/where", 0.85), ("ask_invoice/missing", 0.05)),
    "Ma facture peut-être ?": reading(("ask_invoice/where", 0.65)),
    "à toute l'équipe !": reading(("greet", 0.9)),
    "Et elle est à quel nom ?": reading(("ask_invoice/details", 0.8), ("ask_invoice/where", 0.15)),
    "Un papier à quel nom ?": reading(("ask_invoice/details", 0.5), ("ask_invoice/where", 0.45)),
    "Personne ne répond jamais !": reading(("contact_support/no_answer", 0.9)),
    "Où est mon colis ?": reading(("where_is_parcel/where", 0.9)),
    "Je ne sais plus trop.": reading(("ask_invoice/where", 0.3)),
    "Merci beaucoup !": reading(("thank", 0.99)),
    "Merci beaucoup": reading(("thank", 0.99)),
    "où est ma facture ?": reading(("ask_invoice/where", 0.9)),
    "votre facture là": reading(("ask_invoice/where", 0.6)),
    "pourquoi si long ?": reading(("follow_up/why", 0.9)),
    "je l'ai déjà fait.": reading(("follow_up/already_done", 0.9)),
    "bonne journée à vous": reading(("goodbye", 0.9)),
}
WHOLE = reading(("ask_refund/delay", 0.6), ("ask_invoice/where", 0.35), ("greet", 0.01))


def asked(*sentences, whole=WHOLE):
    pieces = parts(" ".join(sentences))
    return questions(whole, pieces, [READ.get(piece, NOTHING) for piece in pieces], TOPICS)


def beside(text, whole="thank"):
    found = beside_small_talk(reading((whole, 0.9)), parts(text), [READ.get(piece, NOTHING) for piece in parts(text)])
    return found and found[0]


def test_first_what_the_whole_is_most_about_and_each_as_sure_as_its_sentence():
    found = asked("Où est ma facture ?", "Quand serai-je remboursé ?")
    assert [question for question, _ in found] == ["ask_refund/delay", "ask_invoice/where"]
    assert [share for _, share in found] == pytest.approx([0.95, 0.9])


def test_a_greeting_or_an_unsure_sentence_is_no_question():
    assert asked("Bonjour à toute l'équipe !", "Quand serai-je remboursé ?") == []
    assert asked("Quand serai-je remboursé ?", "Je ne sais plus trop.") == []


def test_the_same_question_twice_is_one():
    assert asked("Où est ma facture ?", "Où est ma facture ?") == []


def test_two_questions_of_one_topic_must_both_be_clear_themselves():
    found = asked("Où est ma facture ?", "Et elle est à quel nom ?")
    assert [question for question, _ in found] == ["ask_invoice/where", "ask_invoice/details"]
    assert asked("Où est ma facture ?", "Un papier à quel nom ?") == []


def test_three_questions_are_answered_but_not_four():
    found = asked("Où est ma facture ?", "Quand serai-je remboursé ?", "Où est mon colis ?", "Et elle est à quel nom ?")
    assert [question for question, _ in found] == ["ask_refund/delay", "ask_invoice/where", "where_is_parcel/where"]


def test_a_complaint_that_nobody_answers_gives_way_to_the_question():
    found = asked("Personne ne répond jamais !", "Où est mon colis ?")
    assert [question for question, _ in found] == ["where_is_parcel/where", "contact_support/no_answer"]


def test_a_question_without_the_whole_messages_support_needs_a_certain_part():
    whole = reading(("ask_refund/delay", 0.98))
    assert asked("Ma facture peut-être ?", "Quand serai-je remboursé ?", whole=whole) == []
    assert len(asked("Ma facture peut-être ?", "Quand serai-je remboursé ?")) == 2
    assert len(asked("Où est ma facture ?", "Quand serai-je remboursé ?", whole=whole)) == 2


def test_beside_a_clear_part_an_unsure_whole_is_the_other_question():
    whole = reading(("ask_refund/delay", 0.45), ("ask_invoice/where", 0.4))
    found = asked("Où est ma facture ?", "Je ne sais plus trop.", whole=whole)
    assert [question for question, _ in found] == ["ask_refund/delay", "ask_invoice/where"]


def test_beside_a_clear_part_a_whole_that_means_nothing_is_no_question():
    whole = reading(("ask_refund/delay", 0.12), ("ask_invoice/where", 0.1))
    assert [question for question, _ in asked("Où est ma facture ?", "Je ne sais plus trop.", whole=whole)] == [
        "ask_invoice/where"
    ]


def test_parts_that_say_only_what_is_near_give_way_to_a_whole_that_is_sure():
    whole = reading(("ask_invoice/missing", 0.95))
    assert asked("Où est ma facture ?", "Et elle est à quel nom ?", whole=whole) == []
    whole = reading(("ask_invoice/where", 0.95))
    assert len(asked("Où est ma facture ?", "Et elle est à quel nom ?", whole=whole)) == 2


def test_a_question_beside_a_thank_is_what_is_asked():
    assert beside("Merci beaucoup ! où est ma facture ?") == "ask_invoice/where"


def test_a_question_beside_a_stop_is_what_is_asked():
    assert beside("non laisse, où est ma facture ?", whole="stop") == "ask_invoice/where"


def test_small_talk_beside_small_talk_or_an_unsure_question_is_small_talk():
    assert beside("Merci beaucoup, bonne journée à vous") is None
    assert beside("Merci beaucoup, votre facture là") is None
    assert beside("où est ma facture") is None, "there is nothing beside it"


def test_a_message_that_is_read_as_a_question_is_not_taken_apart():
    assert beside("Merci beaucoup ! où est ma facture ?", whole="ask_refund/delay") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Où est mon colis ? Et comment avoir ma facture ?", 2),
        ("où est mon colis et aussi je veux ma facture", 2),
        ("où est mon colis et combien de temps pour me rétracter", 2),
        ("où est mon colis, ma facture je la trouve comment", 2),
        ("1) où est mon colis   2)\tet ma facture alors", 2),
        ("je ne veux pas annuler ma commande, juste savoir où elle est", 0),  # a denied clause is not a part
        ("Bonjour. Où est mon colis ?", 1),  # a greeting is not a part
        ("slt ou est mon colis", 1),
        ("ok donc je préviens qui", 1),  # nor is an acknowledgement
        ("très bien merci", 0),
        ("où est mon colis", 0),
        ("a" + " " * 1998 + "b", 0),
        # The lines of a pasted order mail contain no question.
        ("Passée le 02/11/2026 à 21:14\nTotal 129,00 EUR\nje veux le rendre, je suis dans les temps ?", 2),
    ],
)
def test_parts(text, expected):
    assert len(parts(text)) == expected


def test_uncertain_small_talk_gives_way_to_what_else_it_says():
    """In « ok et je fais ça où », the classification of the whole message as « ok » is uncertain."""
    readings = [reading(("follow_up/where", 0.4))]
    found = beside_small_talk(reading(("affirm/ack", 0.5)), ["je fais ça où"], readings)
    assert found is not None
    assert found[0] == "follow_up/where"
    assert beside_small_talk(reading(("affirm/ack", 0.9)), ["je fais ça là"], readings) is None


def test_a_clause_that_tells_a_story_is_not_a_question():
    """« La facture est dans mon compte, quand serai-je remboursé ? »"""
    story, certain = reading(("ask_invoice/where", 0.75)), reading(("ask_invoice/where", 0.85))
    pieces, asks = ["la facture est là", "Quand serai-je remboursé ?"], READ["Quand serai-je remboursé ?"]
    assert questions(WHOLE, pieces, [story, asks], TOPICS) == []
    assert len(questions(WHOLE, pieces, [certain, asks], TOPICS)) == 2
    assert len(questions(WHOLE, ["et la facture", pieces[1]], [story, asks], TOPICS)) == 2


def test_a_story_near_the_question_is_the_same_matter():
    """« Je l'ai pris à crédit, j'ai combien de temps ? » is one question: that of the whole message."""
    told, asks = reading(("ask_withdrawal/credit", 0.9)), reading(("ask_return_conditions/deadline", 0.9))
    whole = reading(("ask_withdrawal/credit", 0.45), ("ask_return_conditions/deadline", 0.4))
    pieces, topics = ["c'est à crédit", "j'ai combien de temps ?"], {"ask_withdrawal", "ask_return_conditions"}
    assert [question for question, _ in questions(whole, pieces, [told, asks], topics)] == ["ask_withdrawal/credit"]
    both = questions(whole, pieces[::-1], [asks, told], topics)
    assert len(both) == 2


def test_a_question_with_a_goodbye_is_answered():
    """In « top bonne soirée, ah et si elle y est pas ? », no single topic is likely, but it is certainly a question."""
    readings = [reading(("goodbye", 0.98)), reading(("ask_invoice/missing", 0.6), ("follow_up/what_if_not", 0.3))]
    pieces = ["top bonne soirée", "si elle y est pas ?"]
    found = beside_small_talk(reading(("goodbye", 0.8)), pieces, readings)
    assert found
    assert found[0] == "ask_invoice/missing"
    assert beside_small_talk(reading(("goodbye", 0.8)), [pieces[0], "elle y est pas"], readings) is None


def test_a_part_that_asks_what_the_whole_asks_is_a_question_of_its_own():
    whole = reading(("contact_support/phone", 0.6), ("contact_support/email", 0.3))
    parts_read = [reading(("contact_support/email", 0.8)), reading(("contact_support/phone", 0.45))]
    pieces = ["avez-vous un e-mail ?", "et le numéro, il est surtaxé ?"]
    assert [question for question, _ in questions(whole, pieces, parts_read, TOPICS)] == [
        "contact_support/phone",
        "contact_support/email",
    ]


def test_a_message_that_begins_with_its_subject():
    assert subject("ok. je reviens à la facture, je la vois pas") == ("je reviens à la facture", "je la vois pas")
    assert subject("Et s’agissant de la facture : si elle n’y est pas ?")[1] == "si elle n’y est pas ?"
    assert subject("je voudrais la facture, elle est où ?") is None
    assert is_about(reading(("follow_up/not_there", 0.9)), "ask_invoice/where")
    assert not is_about(reading(("ask_refund/delay", 0.9)), "ask_invoice/where")


def test_a_follow_up_and_then_a_question_are_both_answered():
    def found(*sentences):
        pieces = parts(" ".join(sentences))
        readings = [READ.get(piece, NOTHING) for piece in pieces]
        asked = questions(reading(("follow_up/why", 0.6), ("ask_invoice/where", 0.2)), pieces, readings, TOPICS)
        return [question for question, _ in follow_up_first(pieces, readings, asked, TOPICS)]

    assert found("pourquoi si long ?", "Où est mon colis ?") == ["follow_up/why", "where_is_parcel/where"]
    assert found("pourquoi si long ?", "Où est mon colis ?", "Quand serai-je remboursé ?")[0] == "follow_up/why"
    assert found("pourquoi si long ?", "Je ne sais plus trop.") == []
    assert found("je l'ai déjà fait.", "Où est mon colis ?") == []


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("non, je parlais de la facture, pas d'un retour", "la facture"),
        ("mais je demande si c'est normal", "c'est normal"),
        ("c'est pour la garantie", "la garantie"),
        ("je voulais dire le numéro de suivi", "le numéro de suivi"),
        ("facture* désolé, le correcteur", "facture"),
        ("*remboursement", "remboursement"),
        ("rien n'est annulé !! je parle du lien de suivi", "lien de suivi"),
        ("quelle facture ? je parle du papier du facteur", "papier du facteur"),
        ("je veux *vraiment* savoir où est mon colis", None),
        ("je vous demande pas la règle", None),
        ("c'est la facture", None),
        ("où est mon colis ?", None),
    ],
)
def test_what_the_last_message_was_about(text, corrected):
    assert corrected_subject(text) == corrected


def test_what_completes_the_message_before():
    assert completion("dans mon compte je veux dire") == "dans mon compte"
    assert completion("je veux dire dans mon compte") is None


def test_a_corrected_subject_may_be_a_question_by_itself():
    assert all(map(is_clause, ("vendeur qui répond pas", "savoir quand elle arrive")))
    assert not any(map(is_clause, ("la facture", "lien de suivi")))


def test_of_a_follow_up_after_an_opening_the_surer_reading_counts():
    whole, rest = reading(("follow_up/then", 0.6)), reading(("follow_up/where", 0.8))
    assert without_opening(whole, [rest]) is rest
    assert without_opening(rest, [whole]) is rest
    assert without_opening(whole, [rest, rest]) is whole, "a message with several parts"
    assert without_opening(whole, [reading(("ask_invoice/where", 0.9))]) is whole


def test_a_question_and_then_a_follow_up_to_it():
    def found(piece, *read):
        return [question for question, _ in follow_up_after([piece], [reading(*read)], [("ask_invoice/where", 0.9)])]

    assert found("c'est long ?", ("ask_duration", 0.95)) == ["ask_invoice/where", "ask_duration"]
    assert found("et j'écris à qui", ("follow_up/who", 0.95)) == ["ask_invoice/where", "follow_up/who"]
    assert found("c'est long ?", ("ask_duration", 0.6)) == ["ask_invoice/where"], "not certain"
    assert found("c'est long.", ("ask_duration", 0.95)) == ["ask_invoice/where"], "it asks nothing"
    assert found("c'est sûr ?", ("follow_up/sure", 0.95)) == ["ask_invoice/where"], "the answer itself says so"


def test_a_part_that_the_whole_does_not_support_must_be_sure_of_its_question():
    whole = reading(("ask_refund/delay", 0.95), ("ask_invoice/where", 0.01))
    assert len(asked("Quand serai-je remboursé ?", "Où est ma facture ?", whole=whole)) == 2
    unsure = reading(("ask_invoice/where", 0.35), ("ask_invoice/missing", 0.34), ("ask_invoice/vat", 0.2))
    pieces = ["Quand serai-je remboursé ?", "Un papier à quel nom ?"]
    assert questions(whole, pieces, [READ[pieces[0]], unsure], TOPICS) == []


@pytest.mark.parametrize("opening", ["where_is_parcel/problem", "where_is_parcel/received"])
def test_an_opening_is_no_question_beside_one(opening):
    pieces = ["j'ai un souci avec ma commande", "Où est ma facture ?"]
    found = [reading((opening, 0.95)), READ["Où est ma facture ?"]]
    whole = reading((opening, 0.5), ("ask_invoice/where", 0.4))
    assert [question for question, _ in questions(whole, pieces, found, TOPICS)] == ["ask_invoice/where"]


def test_a_rest_that_is_clear_only_with_the_whole_message_is_the_question_beside_an_opening():
    pieces = ["j'ai reçu mon colis hier", "mon argent alors"]
    found = [reading(("where_is_parcel/received", 0.95)), reading(("ask_refund/want", 0.3))]
    whole = reading(("where_is_parcel/received", 0.26), ("ask_refund/want", 0.25), ("ask_refund/delay", 0.24))
    assert [question for question, _ in questions(whole, pieces, found, TOPICS)] == ["ask_refund/want"]


@pytest.mark.parametrize(
    ("pieces", "implied"),
    [
        (["j'ai changé de banque", "Quand serai-je remboursé ?"], {"ask_invoice/where"}),
        (["je voudrais ma facture", "Quand serai-je remboursé ?"], {"ask_invoice/where"}),
        (["Où est ma facture ?", "Quand serai-je remboursé ?"], set()),
        (["je voudrais ma facture PX48214092", "Quand serai-je remboursé ?"], set()),
        (["la facture n'y est pas", "je ne suis pas remboursé"], set()),
        (["deux choses : j'ai changé de banque", "Quand serai-je remboursé ?"], set()),
    ],
)
def test_a_question_that_a_part_only_implies_is_offered(pieces, implied):
    found = [reading(("ask_invoice/where", 0.9)), reading(("ask_refund/delay", 0.9))]
    both = [("ask_refund/delay", 0.9), ("ask_invoice/where", 0.9)]
    assert implied_questions(pieces, found, reading(both[0]), both) == implied


def test_what_no_fact_answers_is_the_question_after_a_story():
    pieces = ["j'ai commandé hier", "quand est-ce que je serai débité ?"]
    found = [reading(("where_is_parcel/contents", 0.3)), reading(("out_of_scope/shop", 0.97))]
    whole = reading(("where_is_parcel/when", 0.4), ("out_of_scope/shop", 0.34))
    assert [question for question, _ in questions(whole, pieces, found, TOPICS)] == ["out_of_scope/shop"]
    sure = reading(("contact_support/phone", 0.95), ("out_of_scope/shop", 0.01))
    assert questions(sure, pieces, found, TOPICS) == []


def test_a_part_that_asks_nothing_must_be_surer_than_one_that_asks():
    whole = reading(("where_is_parcel/where", 0.3), ("ask_refund/delay", 0.1), ("ask_invoice/where", 0.1))
    found = [reading(("ask_refund/delay", 0.65), ("greet", 0.35)), reading(("ask_invoice/where", 0.95))]
    asking = questions(whole, ["quand serai-je remboursé", "où est ma facture ?"], found, TOPICS)
    telling = questions(whole, ["je l'ai pas sous la main", "où est ma facture ?"], found, TOPICS)
    assert "ask_refund/delay" in dict(asking)
    assert "ask_refund/delay" not in dict(telling)


def test_the_only_part_that_asks_is_read_if_the_whole_is_uncertain():
    pieces = ["Pardonnez-moi de vous déranger", "est-ce que je parle à un humain ?"]
    readings = [reading(("contact_support/contact", 0.5)), reading(("bot_challenge", 0.95))]
    uncertain, certain = reading(("contact_support/contact", 0.52)), reading(("contact_support/contact", 0.7))
    assert clearer_part(uncertain, pieces, readings).question[0] == "bot_challenge"
    assert clearer_part(certain, pieces, readings) is certain


def test_thanks_with_a_statement_ask_nothing():
    """« Merci quand même » was answered: « quand » asked, and « quand même » was a follow-up."""
    readings = [reading(("thank", 0.99)), reading(("follow_up/sure", 0.94))]
    assert not asks("quand même")
    assert beside_small_talk(reading(("thank", 0.99)), ["Merci", "quand même"], readings) is None


def test_an_undocumented_detail_counts_only_if_it_is_asked():
    pieces = ["Quand serai-je remboursé ?", "J'ai gardé le carton."]
    readings = [reading(("ask_refund/delay", 0.95)), reading(("ask_refund/unknown", 0.95))]
    found = dict(questions(reading(("ask_refund/delay", 0.6), ("ask_refund/unknown", 0.3)), pieces, readings, TOPICS))
    assert "ask_refund/unknown" not in found
