"""The question of a message with a day or a time, given its classification and the previous question."""

import pytest

from bot.nlu.date_override import DEADLINE, HOURS, REFUND, asked_about_day, without_repetition

CREDIT, LATE = "ask_withdrawal/credit", "ask_return_conditions/too_late"


@pytest.mark.parametrize(
    ("text", "read_as", "confidence", "before", "asks"),
    [
        ("et le 5 décembre ?", "follow_up/other_case", 0.9, DEADLINE, DEADLINE),
        ("c'était livré le 9", "ask_withdrawal/partial", 0.9, "ask_withdrawal/how", DEADLINE),
        ("et si je leur envoie ma lettre demain, c'est trop tard ?", "ask_withdrawal/form", 0.9, DEADLINE, DEADLINE),
        ("quelle date ça fait alors", "out_of_scope/other", 0.9, REFUND, REFUND),
        ("vers 19 h ?", "follow_up/which", 0.9, "contact_support/phone", HOURS),
        ("ça dure depuis 3 semaines", "follow_up/why", 0.9, "contact_support/phone", None),
        ("le week-end ?", "out_of_scope/shop", 0.9, HOURS, HOURS),
        ("j'ai reçu le colis aujourd'hui", "where_is_parcel/received", 0.9, DEADLINE, DEADLINE),
        # The message asks something else, or names no day.
        ("renvoyé le 3 sans prévenir", "ask_withdrawal/no_notice", 0.9, DEADLINE, None),
        ("livré le 3 mais je n'ai rien", "where_is_parcel/not_delivered", 0.9, DEADLINE, None),
        ("et sans la boîte ?", "ask_return_conditions/packaging", 0.9, DEADLINE, None),
        ("commandé le 20 novembre", "follow_up/more", 0.9, "where_is_parcel/where", None),
        ("le 4 décembre c'est bon ?", LATE, 0.9, DEADLINE, LATE),
        (
            "reçu vendredi, je m'en suis servi, c'est mort ?",
            "ask_return_conditions/used",
            0.7,
            "ask_return_conditions/deadline",
            None,
        ),
        (
            "il reste combien de jours si je l'ai reçu samedi ?",
            "ask_duration",
            0.6,
            "contact_support/phone",
            "ask_return_conditions/deadline",
        ),
    ],
)
def test_a_day_asks_about_the_period_in_progress(text, read_as, confidence, before, asks):
    assert asked_about_day(text, read_as, confidence, before) == asks


def test_two_questions_about_one_deadline_are_one():
    assert without_repetition([CREDIT, DEADLINE, "contact_support/phone"]) == [CREDIT, "contact_support/phone"]
    assert without_repetition([CREDIT, REFUND]) == [CREDIT, REFUND]
