"""A day in the message: the answer begins with « oui » or « non » and gives the deadline (WDR-1, REF-1)."""

from datetime import datetime, timedelta

import pytest

from actions import responses
from actions.date_mentions import days_in
from shop import clock

DEADLINE, TOO_LATE, REFUND = "ask_return_conditions/deadline", "ask_return_conditions/too_late", "ask_refund/delay"
ACTIONS = {DEADLINE: "action_return_conditions", TOO_LATE: "action_return_conditions", REFUND: "action_refund"}
ACTIONS |= {"ask_withdrawal/how": "action_withdrawal", "ask_withdrawal/credit": "action_withdrawal"}
NO, YES = "utter_ask_withdrawal/refused_parcel", "utter_refused_and_written"
NOW = datetime(2026, 11, 29, 12, tzinfo=clock.PARIS)  # a Sunday


@pytest.fixture
def ask(act, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def run(text, question=DEADLINE, earlier=(), **given):
        before = [{"event": "user", "text": one, "timestamp": NOW.timestamp()} for one in earlier]
        result = act(ACTIONS[question], text=text, intent=question.partition("/")[0], question=question,
                     earlier=before, **given)  # fmt: skip
        name, values = result[0]
        return name, responses.fill(responses.load()[name][0]["text"], values).replace("\u00a0", " "), result

    return run


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("reçu le 12 novembre, jusqu'à quand ?", "Pour un colis reçu le jeudi 12 novembre, le délai"),
        (
            "reçu le 19 novembre, jusqu'à quand ?",
            "Pour un colis reçu le jeudi 19 novembre, vous avez 14 jours, jusqu’au jeudi 3 déc",
        ),
        (
            "livré jeudi, j'ai encore le droit ?",
            "Oui : pour un colis reçu le jeudi 26 novembre, vous avez 14 jours, jusqu’au jeudi 10",
        ),
        ("j'ai encore rien reçu, commandé ce matin, c'est jusqu'à quand ?", "Vous avez 14 jours francs après"),
        ("reçu le 19 : 14 jours du 19, ça fait le 3 ?", "Oui, le jeudi 3 décembre est dans le délai : pour"),
        ("reçu le 19, le premier jour c'est vendredi ?", "Le premier jour compté est le vendredi 20 novembre"),
        ("reçu le 12, défaut dès le premier jour, trop tard ?", "Oui, c’est trop tard"),
        ("c'est quoi le premier jour ?", "Le premier jour compté est le lendemain de la réception"),
        ("livré jeudi, j'ai combien de jours ?", "Il vous reste 11 jours : pour un colis reçu le jeudi 26"),
        ("reçu le 19, donc le 3 décembre c'est bon ?", "Oui, le jeudi 3 décembre est dans le délai : pour"),
        ("reçu le 19, je peux écrire jusqu'au 4 ?", "Non, le vendredi 4 décembre est trop tard : pour"),
        ("reçu le 12, c'est trop tard ?", "Oui, c’est trop tard : pour"),
        ("reçu le 12, je peux encore ?", "Non, c’est trop tard : pour"),
        ("reçu le 19, c'est trop tard ?", "Non, ce n’est pas trop tard : pour"),
        ("reçu le 12, j'ai écrit au vendeur le 20, c'est bon ?", "Oui, le vendredi 20 novembre était dans le délai"),
        ("reçu le 12, j'ai prévenu le 20, c'est trop tard ?", "Non, ce n’est pas trop tard : le vendredi 20 novembre"),
        ("reçu le 19, donc j'ai encore 4 jours ?", "Oui : pour"),
        ("reçu le 19, donc j'ai encore 6 jours ?", "Non : pour"),
        ("livré le 2 décembre, jusqu'à quand ?", "Le mercredi 2 décembre n’est pas encore passé"),
        ("reçu le 31 novembre, jusqu'à quand ?", "Ce jour n’existe pas"),
        ("crédit signé le 20, colis reçu le 27", "Pour un contrat de crédit signé le vendredi 20 novembre"),
        ("j'ai un crédit, reçu le 27", "Avec un contrat de crédit, c’est le jour de sa signature"),
        ("j'ai pas de crédit, reçu le 27", "Pour un colis reçu le vendredi 27"),
        ("le 4 décembre c'est bon ?", "Oui, si vous avez reçu le colis le vendredi 20 novembre ou après"),
        ("commandé le 5, reçu le 19", "Pour un colis reçu le jeudi 19"),
        ("c'est encore dans les 14 jours en plus, reçu le 20", "Oui : pour un colis reçu le vendredi 20"),
        ("ça fait 8 jours que je l'ai, c'est possible ?", "Oui : pour un colis reçu le samedi 21"),
        ("reçu mardi sur votre site, obligé d'accepter 20 euros ?", "Pour un colis reçu le mardi 24"),
        ("oui mais samedi et dimanche ça compte ou pas", "Ce sont 14 jours francs"),
        ("c'est des jours ouvrés ?", "Ce sont 14 jours francs"),
    ],
)
def test_the_deadline_in_words(ask, text, beginning):
    _, said, _ = ask(text)
    assert said.startswith(beginning)


def test_a_deadline_on_a_weekend_goes_to_the_next_working_day_and_says_so(ask):
    _, said, _ = ask("reçu samedi 21, jusqu'à quand ?")
    assert "jusqu’au lundi 7 décembre inclus" in said
    assert "samedi 5 décembre, n’est pas ouvrable" in said


def test_a_day_that_the_customer_disowns_or_asks_about_is_not_counted_with(ask):
    signed = {"said_days": {"signed": "2026-11-20"}}
    beginning = "Pour un contrat de crédit signé le vendredi 20 novembre"
    for text in (
        "c'est le 20 ou le 21 que ça commence à compter ?",
        "de quoi vous parlez, le 20 décembre ? j'ai dit signé le 20 novembre",
        "je n'ai jamais parlé du 20 décembre",
    ):
        assert ask(text, slots=signed)[1].startswith(beginning)
    assert ask("le 01 c'est payant ?")[0] == f"utter_{DEADLINE}"


def test_of_two_days_the_right_one_is_said(ask):
    kept = {"said_days": {"received": "2026-11-19"}}
    assert ask("c'est le 3 décembre ou le 9 décembre ?", slots=kept)[1].startswith("Pour un colis reçu le jeudi 19")


def test_a_day_to_come_is_not_remembered(ask):
    assert not ask("livré le 2 décembre, jusqu'à quand ?")[2].slots.get("said_days")


def test_may_i_is_answered_before_how(ask):
    _, said, result = ask("reçu hier, puis-je vous le retourner ?", "ask_withdrawal/how")
    assert said.startswith("Oui : pour un colis reçu le samedi 28 novembre")
    assert said.endswith("Renvoyez ensuite le produit complet et en parfait état.")
    assert result.slots["question"] == DEADLINE


def test_a_follow_up_counts_from_the_day_said_before(ask):
    assert ask("et le 3 décembre ?", earlier=["reçu le 19, jusqu'à quand ?"])[1].startswith("Oui, le jeudi 3 décembre")
    kept = {"said_days": {"received": "2026-11-19"}}
    assert ask("et le 5 ?", slots=kept)[1].startswith("Non, le samedi 5 décembre")
    assert ask("c'est trop tard ?", TOO_LATE, slots=kept)[1].startswith("Non, ce n’est pas trop tard")
    assert ask("non pardon, le 18", slots=kept)[2].slots["said_days"] == {"received": "2026-11-18"}


def test_the_day_ends_the_form_that_asks_for_a_number(ask):
    assert ask("c'est le 19/11", form="order_form")[2].left_form


def test_without_a_day_the_rule_answers(ask):
    assert ask("jusqu'à quand ?")[0] == f"utter_{DEADLINE}"
    assert ask("comment faire ?", "ask_withdrawal/how", slots={"said_days": {"received": "2026-11-19"}})[0] == (
        "utter_ask_withdrawal/how"
    )


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        (
            "le vendeur l'a reçu le 12 novembre",
            "Pour un produit retourné le jeudi 12 novembre, le remboursement arrive dans les 30 jours, le s",
        ),
        ("renvoyé le 12, donc le 12 décembre ?", "Oui : pour un produit retourné le jeudi 12"),
        ("je l'ai rendu le 12 novembre. Donc c'est passé ?", "Pour un produit retourné le jeudi 12"),
        ("renvoyé le 12, donc le 5 décembre ?", "Non : pour un produit retourné le jeudi 12"),
        (
            "retourné le 10 octobre et toujours rien",
            "Pour un produit retourné le samedi 10 octobre, les 30 jours sont passés",
        ),
        ("j'ai reçu le colis le 12, remboursé quand ?", "Le remboursement arrive dans les 30 jours"),
        ("et si le 12 j'ai toujours rien ?", "Si rien n’est arrivé à cette date"),
    ],
)
def test_the_refund_has_a_last_day(ask, text, beginning):
    assert ask(text, REFUND)[1].startswith(beginning)


def test_the_day_of_the_looked_up_order_wins(act, shop):
    order = shop["delivered_recent"]
    slots = {"order_number": order["number"], "email": order["email"], "said_days": {"received": "2020-01-01"}}
    proposed = clock.now() + timedelta(days=1)
    text = f"donc je peux le rendre jusqu'au {proposed:%d/%m/%Y} ?"
    result = act("action_return_conditions", text=text, intent="ask_return_conditions", question=DEADLINE, slots=slots)
    ((name, values),) = result
    assert name == "utter_deadline_open"
    assert values["opening"].startswith("Oui, le ")
    assert order["number"] in values["what"]


def test_a_shipped_order_without_a_delivery_date_counts_from_the_day_that_the_customer_says(act, shop):
    order = shop["shipped"]
    slots = {"order_number": order["number"], "email": order["email"]}
    received = clock.now() - timedelta(days=3)
    result = act("action_return_conditions", text=f"reçu le {received:%d/%m/%Y}, j'ai jusqu'à quand ?",
                 intent="ask_return_conditions", question=DEADLINE, slots=slots)  # fmt: skip
    assert result.names == ["utter_deadline_open"]


def test_with_the_credit_of_the_looked_up_order_the_reception_does_not_count(act, shop):
    order = shop["credit_contract"]
    slots = {"order_number": order["number"], "email": order["email"]}
    result = act("action_return_conditions", text="mais je l'ai reçu avant-hier", intent="ask_return_conditions",
                 question=DEADLINE, slots=slots)  # fmt: skip
    assert result.names == ["utter_deadline_not_reception"]


def test_each_day_is_what_the_nearest_word_says():
    kinds = [said.kind for said in days_in("commandé le 2, reçu le 9, je peux le rendre jusqu'au 24 ?", NOW.date())]
    assert kinds == ["ordered", "received", "proposed"]


@pytest.mark.parametrize(
    ("text", "question", "answered", "reply"),
    [
        ("je refuse le colis mais mon courrier est parti, il suffit ?", "refused_parcel", (), YES),
        ("avec ma lettre ça marche alors ?", "form", [NO], YES),
        ("je refuse le colis, ça suffit ?", "refused_parcel", (), NO),
        ("je refuse le colis sans écrire, c'est bon ?", "refused_parcel", (), NO),
    ],
)  # fmt: skip
def test_a_refused_parcel_with_a_written_statement_is_a_withdrawal(act, text, question, answered, reply):
    result = act("action_withdrawal", text=text, intent="ask_withdrawal", question=f"ask_withdrawal/{question}",
                 answered=answered)  # fmt: skip
    assert result.names == [reply]


def test_a_signature_counts_even_if_the_reception_is_named_later(ask):
    signed = {"said_days": {"signed": "2026-11-10"}}
    _, said, _ = ask("mais je l'ai reçu le 26, comment je pouvais ?", slots=signed)
    assert said.startswith(("Pour un contrat de crédit signé le mardi 10", "Non, c’est trop tard : pour un contrat"))
    assert "mardi 24 novembre" in said


def test_a_corrected_day_stays_corrected(ask):
    kept = {"said_days": {"received": "2026-11-12"}}
    earlier = ["reçu le 18, jusqu'à quand ?", "ah non pardon, le 12", "ok"]
    said = ask("et si je l'ai prévenu le 20 ?", earlier=earlier, slots=kept)[1]
    assert said.startswith("Oui, le vendredi 20 novembre était")


def test_a_seller_who_was_notified_in_time_stays_notified(ask):
    kept = {"said_days": {"received": "2026-11-12", "notified": "2026-11-20"}}
    _, text, _ = ask("donc c'est trop tard ou pas ? vous dites oui", slots=kept)
    assert text.startswith("Non, ce n’est pas trop tard : le vendredi 20 novembre était dans le délai")


def test_why_the_credit_or_the_day_is_said(ask):
    kept = {"said_days": {"signed": "2026-11-20"}}
    assert ask("pourquoi pas à partir du 26 ?", slots=kept)[0] == "utter_deadline_not_reception"
    kept = {"said_days": {"received": "2026-11-22"}}
    assert ask("pourquoi le 7 ? 22 + 14 ça fait 6", slots=kept)[1].startswith("Parce que le 14e jour, dimanche 6")


def test_with_a_credit_the_reception_is_no_start_even_if_it_was_the_last_word(ask):
    said = ["crédit signé le 10, reçu le 18", "mais le colis je l'ai reçu que le 18, ça devrait compter à partir de là"]
    kept = {"said_days": {"signed": "2026-11-10"}}
    name, *_ = ask("j'ai lu sur votre site que c'était à compter de la réception", earlier=said, slots=kept)
    assert name == "utter_deadline_was_not_reception"
    _, text, _ = ask("donc c'est le 24 novembre ou le 2 décembre ?", earlier=said, slots=kept)
    assert text.startswith("Pour un contrat de crédit signé le mardi 10 novembre, le délai de 14 jours s’est terminé")


def test_without_a_credit_the_reception_counts_again(ask):
    signed = {"slots": {"said_days": {"signed": "2026-11-21"}}}
    for question in (DEADLINE, "ask_withdrawal/credit"):
        _, text, result = ask("SANS crédit j'ai dit, reçu le 26", question, **signed)
        assert text.startswith("Pour un colis reçu le jeudi 26 novembre")
        assert result.slots["said_days"] == {"received": "2026-11-26"}


@pytest.mark.parametrize(
    "text", ["hier je vous ai donné tous mes numéros", "je parlais avec vous hier, jusqu'à quand ?"]
)
def test_the_day_of_a_conversation_is_no_reception(text):
    assert days_in(text, NOW.date()) == []


def test_an_earlier_day_counts_though_this_message_asks_from_which_day(ask):
    earlier = ["je viens de l'avoir il y a 4 jours"]
    _, text, _ = ask("ça part d'aujourd'hui ou du jour où je l'ai eu ?", earlier=earlier)
    assert "reçu le mercredi 25 novembre" in text


def test_a_seller_who_says_otherwise_does_not_change_the_thirty_days(ask):
    kept = {"slots": {"said_days": {"returned": "2026-11-24"}, "question": REFUND}}
    name, text, _ = ask("mais le vendeur me parle de 60 jours", REFUND, **kept)
    assert (name, "jeudi 24 décembre" in text) == ("utter_refund_seller_says", True)


def test_until_when_asks_for_a_day_and_proposes_none(ask):
    _, text, _ = ask("signé le 21, jusqu'à quelle date exactement ?")
    assert text.startswith("Pour un contrat de crédit signé le samedi 21 novembre")


def test_a_parcel_that_has_not_come_is_received_in_the_future(ask):
    name, text, _ = ask("il me reste combien de jours si je le reçois vendredi ?")
    assert (name, "vendredi 4 décembre" in text) == ("utter_deadline_to_come", True)
