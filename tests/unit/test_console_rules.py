"""The console's pure rules: masking, the quality rate, spreadsheet cells, and labels for everything."""

import inspect
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from actions import topics
from console import bot_data, contradictions
from console.cards import in_words
from console.indexing import outcome, threads
from console.indexing.outcome import IDLE_TIME, summarise
from console.privacy.masking import mask, mask_value, neutral
from console.privacy.retention import InvalidPeriod, since
from console.review import Part, rate
from console.spreadsheet import as_csv, cell, safe_cell
from console.tags import InvalidTag, tag_name
from console.text import words
from harness.contacts import NATIONAL_PHONE, TYPED_PHONE
from harness.project import ROOT, domain, responses, training_examples
from shop.contacts import BUYBACK_EMAIL, SUPPORT_EMAIL

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BOTH_FORMS = f"au {NATIONAL_PHONE} ou au {NATIONAL_PHONE.replace(' ', '')}."
BOTH_EMAILS = f"à {SUPPORT_EMAIL.title()}, {BUYBACK_EMAIL}."


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("écrivez à Camille.Durand+x@example.com.", "écrivez à [e-mail]."),
        ("camille.durand @ example.com", "[e-mail]"),
        ("camille point durand arobase example point fr", "[e-mail]"),
        ("ma commande PX48207264 et px 4820 7264", "ma commande [n° de commande] et [n° de commande]"),
        ("reprise RP70112233", "reprise [n° de reprise]"),
        ("appelez le 06 12 34 56 78 ou +33 6 12 34 56 78", "appelez le [téléphone] ou [téléphone]"),
        ("0612345678", "[téléphone]"),
        ("suivi 8R00482072641", "suivi [numéro]"),
        ("4820 7264", "[numéro]"),
        ("je m'appelle Camille Durand", "je m'appelle [nom]"),
        ("Cordialement, Yves Le Goff", "Cordialement, [nom]"),
        (f"par téléphone au {TYPED_PHONE}", f"par téléphone au {TYPED_PHONE}"),
        (BOTH_FORMS, BOTH_FORMS),
        (BOTH_EMAILS, BOTH_EMAILS),
        (f"x.{BUYBACK_EMAIL}, {BUYBACK_EMAIL}.fr, {BUYBACK_EMAIL}-a.fr", "[e-mail], [e-mail], [e-mail]"),
        (f"1{NATIONAL_PHONE} 45 et +33{NATIONAL_PHONE}", f"1{NATIONAL_PHONE} 45 et [téléphone]"),
        ("sous 14 jours, 149,90 €, le 21 novembre 2026", "sous 14 jours, 149,90 €, le 21 novembre 2026"),
        ("mon iPhone 15 Pro de 128 Go", "mon iPhone 15 Pro de 128 Go"),
        ("", ""),
    ],
)
def test_masking(text, masked):
    assert mask(text) == masked


def test_known_names_are_masked_anywhere():
    assert mask("bonjour, camille ici, la commande est à DURAND", ("Camille", "Durand")) == (
        "bonjour, [nom] ici, la commande est à [nom]"
    )


def test_masking_again_changes_nothing():
    once = mask("PX48207264, camille@example.com, 06 12 34 56 78, je m'appelle Zoé")
    assert mask(once) == once


def test_a_neutral_line_names_nobody():
    line = neutral("je suis Camille, PX48207264, 06 12 34 56 78, camille@example.com")
    for piece in ("Camille", "48207264", "12 34", "camille@"):
        assert piece not in line


@pytest.mark.parametrize("name", ["email", "order_number", "tradein_number", "refused_lookup"])
def test_slots_that_are_personal_are_masked_whole(name):
    assert "secret" not in mask_value(name, "secret")


def test_the_rate_is_weighted_over_the_parts():
    """90 of 900 non-risky conversations reviewed, all good; all 100 risky ones reviewed, half good: 95 %."""
    found = rate([Part(size=900, read=90, good=90), Part(size=100, read=100, good=50)])
    assert found.percent == 95
    assert 0 < found.margin <= 5
    assert found.read == 190


def test_the_rate_of_what_was_read_whole_has_no_margin():
    assert (rate([Part(10, 10, 5)]).percent, rate([Part(10, 10, 5)]).margin) == (50, 0)


def test_without_a_verdict_in_each_part_there_is_no_rate():
    assert rate([]) is None
    assert rate([Part(900, 0, 0), Part(100, 100, 50)]) is None


def test_the_margin_contains_the_true_rate():
    """In repeated samples of a known population, the margin contains the true rate in about 95 % of the cases."""
    import random

    rng, inside = random.Random(7), 0
    risky, rest = [True] * 60 + [False] * 40, [True] * 850 + [False] * 50
    for _ in range(400):
        drawn = rng.sample(rest, 90)
        found = rate([Part(100, 100, sum(risky)), Part(900, 90, sum(drawn))])
        inside += abs(found.percent - 91) <= found.margin
    assert inside >= 370


@pytest.mark.parametrize(
    "cell", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "|calc", " =1", "\u00a0=1", "%0A", "\uff1d1+1", "\u202f=1"]
)
def test_a_spreadsheet_runs_no_cell_as_a_formula(cell):
    assert safe_cell(cell).startswith("'")


@pytest.mark.parametrize("cell", ["bonjour", "14 jours", "", "« =1 »"])
def test_a_harmless_cell_is_left_alone(cell):
    assert safe_cell(cell) == cell


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 7, 1, 22, 5, 9, 123456, UTC), "02/07/2026 00:05:09"),
        (datetime(2026, 12, 1, 9, 0, tzinfo=UTC), "01/12/2026 10:00:00"),
        (0.8567, "0,857"), (12.0, "12,0"), (-0.5, "-0,5"), (3, "3"), (0, "0"), (None, ""), (True, "oui"),
        ("-3", "'-3"), ("Reçu ; « déjà »", "Reçu ; « déjà »"),
    ],
)  # fmt: skip
def test_a_cell_is_written_as_a_french_spreadsheet_reads_it(value, text):
    assert cell(value) == text


def test_a_csv_file_is_opened_by_a_french_excel():
    assert "".join(as_csv(["jour", "avis"], [["a;b", True]])) == '\ufeffjour;avis\r\n"a;b";oui\r\n'


@pytest.mark.parametrize("typed", ["", "  ", "x" * 41, "\x00\x01", "\u200b"])
def test_invalid_tags(typed):
    with pytest.raises(InvalidTag):
        tag_name(typed)


def test_tags_are_kept_in_one_form():
    assert tag_name("  À  Voir\u202f") == "à voir"


@pytest.mark.parametrize("period", ["", "13", "months", "treize mois", "-1 days", "99999 years", "1 month; rm"])
def test_invalid_periods(period):
    with pytest.raises(InvalidPeriod):
        since(period)


@pytest.mark.parametrize(
    "path", [*sorted((ROOT / "console" / "templates").rglob("*.html")), bot_data.LABELS], ids=lambda path: path.name
)
def test_no_line_breaks_before_a_french_sign(path):
    shown = re.sub(r"{{.*?}}", "x", re.sub(r"{%.*?%}", "", path.read_text()))
    assert re.findall(r".* (?:[:;?!»]|%).*|.*« .*", shown) == []


def test_a_card_names_its_days_in_words():
    shown = in_words({"placed_on": "2026-12-01", "withdrawal": {"last_day": "2026-12-11"}})
    assert shown == {"Passée le": "1er\u00a0décembre 2026", "Rétractation jusqu’au": "11\u00a0décembre 2026"}


def test_the_console_has_the_clock_of_the_shop():
    """All code must use one clock, because a test moves only that one."""
    for path in (ROOT / "console").rglob("*.py"):
        found = re.search(r"timezone\.now|localdate|localtime|datetime\.now|date\.today", path.read_text())
        assert not found, f"{path.name}: {found}"


def test_words_are_compared_without_case_accents_and_ligatures():
    assert words("L’ŒUVRE « Reçue », déjà ?") == words("l'oeuvre recue deja")


# --- agents read French titles, never internal names ---


def test_every_intent_has_a_title():
    for intent in domain()["intents"]:
        name = intent if isinstance(intent, str) else next(iter(intent))
        assert bot_data.intent_title(name) != name, f"console/labels.yml has no words for {name}"


def test_every_question_has_a_title():
    """If an intent has several questions, each has its own title."""
    titles = {question: bot_data.intent_title(question) for question in bot_data.trained_questions()}
    assert [question for question, title in titles.items() if "/" in title] == []
    assert len(set(titles.values())) == len(titles)


@pytest.mark.parametrize("kind", ["actions", "slots", "entities"])
def test_everything_else_has_a_label(kind):
    known = bot_data.labels()[kind]
    names = [one if isinstance(one, str) else next(iter(one)) for one in domain()[kind]]
    if kind == "actions":
        names += list(domain()["forms"])
    missing = [name for name in names if name not in known and name not in responses()]
    assert not missing, f"console/labels.yml has no words for {missing}"


def test_labels_have_no_entries_for_removed_names():
    of_rasa, of_older_conversations = {"requested_slot", "session_started_metadata"}, {"lookup_topic", "asked_intent"}
    assert not set(bot_data.labels()["slots"]) - set(domain()["slots"]) - of_rasa - of_older_conversations
    known = {*bot_data.trained_questions(), *(name.removeprefix("utter_") for name in responses())}
    assert set(bot_data.labels()["questions"]) <= known


def said(intent, *actions, form="", confidence=0.9, pressed=False):
    names = [{"name": name} for name in actions]
    return SimpleNamespace(
        intent=intent, actions=names, replies=[], form=form, confidence=confidence, pressed=pressed, form_input=False
    )


def test_what_is_typed_into_a_form_is_no_topic():
    """A text for the team that mentions a parcel is form input, and so is a number; a question in between is not."""
    turns = [
        said("ask_invoice", "action_invoice"),
        said("leave_message", "action_leave_message", "handover_form", form="handover_form"),
        said("inform", "action_inform", "handover_form", form="handover_form"),
        said("ask_refund", "action_refund", "handover_form", form="handover_form"),
        said("where_is_parcel", "handover_form", "action_leave_request", confidence=0.2),
    ]
    assert outcome.form_inputs(turns) == [False, False, True, False, True]
    assert outcome.form_inputs(turns[3:], before="handover_form") == [False, True]
    for turn, filled in zip(turns, outcome.form_inputs(turns), strict=True):
        turn.form_input = filled
    found = summarise(
        turns, NOW, NOW + IDLE_TIME, helpful=None, support=["ask_invoice", "ask_refund", "where_is_parcel"]
    )
    assert found.topics == ["ask_invoice", "ask_refund"]
    assert found.lowest_confidence == 0.9
    assert found.outcome == "contacts"


def test_every_risk_has_a_label():
    found = summarise([], NOW, NOW, helpful=False, support=[], order_risks=["contradiction"]).risks
    assert {"contradiction", "thumbs_down"} == set(found)
    source = "".join(map(inspect.getsource, (outcome, contradictions, threads)))
    for risk in bot_data.labels()["risks"]:
        assert f'"{risk}"' in source, f"console/labels.yml speaks of {risk}, which no conversation has"
    for risk in found:
        assert risk in bot_data.labels()["risks"]


# --- the project's own data ---


def test_the_console_knows_the_bot_s_topics_and_what_each_alone_means():
    assert set(bot_data.topics()) == set(topics.TOPIC_KEYS)
    first = {intent: bot_data.question_of(intent) for intent in topics.TOPIC_KEYS}
    assert set(first.values()) <= set(bot_data.trained_questions())
    # The intent's steps have no button, so the bot has no title for them.
    assert {intent for intent in first if first[intent] != topics.default_question(intent)} <= {"unlock_account_device"}
    assert first["unlock_account_device"] == "unlock_account_device/how"
    assert bot_data.question_of("ask_refund/who") == "ask_refund/who"
    assert bot_data.question_of("thank") == "thank"


def test_every_topic_has_its_rule():
    assert bot_data.rule_of()["ask_refund"] == "ask_refund (data/rules/topics.yml)"
    assert set(bot_data.topics()) <= set(bot_data.rule_of()) & set(bot_data.steps_after())


def test_training_lines_are_read_as_the_tests_read_them():
    assert sorted(bot_data.training_examples()) == sorted(
        (question, line) for _, question, line, _ in training_examples()
    )
    assert not [intent for intent, _ in bot_data.training_lines() if "/" in intent]
