"""A question that the team adds with its answer: checked like a developer's, learnt, answered, pulled, withdrawn."""

import json
import shutil
import tarfile

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.urls import reverse

from actions import responses, topics
from bot import versions
from console import bot_data
from console.models import AddedQuestion, Asking, Correction, OpenQuestion, Turn, Unlearnt
from console.privacy.erase import erase_message
from console.training import added, open_questions, training_changes
from console.training.project_files import pull_answers
from console.training.training_changes import Answer, TrainingChanges
from shop import clock

TITLE = "Carte cadeau perdue"
NAME = "ask_refund/carte_cadeau_perdue"
ANSWER = "Je n'ai pas d'information sur les cartes cadeaux perdues. Un conseiller peut vous le dire."
OTHER_WORDS = "Rien ne le dit ici : demandez à un conseiller."
WRITTEN = [f"ma carte cadeau {word} a disparu du tiroir" for word in (
    "verte", "bleue", "rouge", "noire", "grise", "rose", "dorée", "jaune", "mauve", "beige", "brune", "blanche",
    "orange", "violette", "argentée", "turquoise", "marron", "crème", "kaki", "fuchsia", "corail", "ocre", "indigo",
)]  # fmt: skip
MESSAGES = ("la carte cadeau de ma mamie est introuvable", "jai paumé la carte cadeau de noel")


@pytest.fixture(autouse=True)
def forgets():
    """Clear this process's added questions after the test."""
    yield
    bot_data.set_added({})
    responses._added.clear()
    responses.add({})


@pytest.fixture(autouse=True)
def no_effect(monkeypatch):
    """Do not compute the blast radius, which has its own tests."""
    monkeypatch.setattr("console.training.blast_radius.compute", lambda *_: [])


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Copies of data/nlu/ and data/responses/, to be pulled into."""
    for name, folder in (("NLU", "nlu"), ("RESPONSES", "responses")):
        monkeypatch.setattr(bot_data, name, shutil.copytree(getattr(bot_data, name), tmp_path / folder))
    return tmp_path


@pytest.fixture
def asked(talk, agent):
    """An open question of two messages."""

    def turn(text):
        thread = talk(text)
        return Turn.objects.create(thread=thread, seq=1, at=clock.now(), text=text, unanswered=True)

    turns = [turn(text) for text in MESSAGES]
    question = OpenQuestion.objects.create()
    for one in turns:
        Asking.objects.create(question=question, turn=one)
    return question


def fields(question=None, **changed):
    ticked = [one.turn_id for one in question.askings.all()] if question else []
    return {
        "sujet": "ask_refund", "titre": TITLE, "reponse": ANSWER, "autrement": OTHER_WORDS, "regles": ["aucune"],
        "phrases": "\n".join(WRITTEN), "message": ticked,
    } | changed  # fmt: skip


def post(client, question, **changed):
    return client.post(reverse("console:answer_question", args=[question.pk]), fields(question, **changed))


def kept(client, question, **changed):
    assert post(client, question, garder="1", **changed).status_code == 302
    return AddedQuestion.objects.get()


@pytest.mark.slow
def test_a_lead_turns_an_open_question_into_one_with_an_answer(agent, asked):
    lead = agent("manage")
    address = reverse("console:answer_question", args=[asked.pk])
    assert agent("review", "sam").get(address).status_code == 403
    assert address in lead.get(reverse("console:open_questions")).content.decode()
    page = lead.get(address).content.decode()
    assert all(text in page for text in MESSAGES)
    seen = post(lead, asked).content.decode()
    assert "Garder pour la prochaine version" in seen
    assert "Je n’ai pas d’information" in seen, "with the typography of the replies"
    assert not AddedQuestion.objects.exists(), "a check keeps nothing"
    one = kept(lead, asked)
    assert (one.name, one.wordings, one.facts) == (NAME, [ANSWER, OTHER_WORDS], [])
    taught = training_changes.accepted()
    assert {line.text for line in taught.lines} == {*WRITTEN, *MESSAGES}
    assert {(line.file, line.heading) for line in taught.lines} == {("refund.yml", f"intent: {NAME}")}
    assert [answer.question for answer in taught.answers] == [NAME]
    assert TrainingChanges.from_json(json.loads(json.dumps(taught.as_json()))) == taught
    body = lead.get(reverse("console:open_questions")).content.decode()
    assert "Mon remboursement › Carte cadeau perdue" in body
    assert "attend une version" in body
    assert "Aucune question n’attend de réponse" in body
    versions_page = lead.get(reverse("console:versions")).content.decode()
    assert f"<strong>{len(WRITTEN) + len(MESSAGES) + 1}</strong>" in versions_page
    assert "a écrit la réponse à une question nouvelle" in lead.get(reverse("console:audit")).content.decode()


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"reponse": "Ta carte est perdue."}, "vous"),
        ({"reponse": "mot " * 41}, "Quarante mots"),
        ({"reponse": 'Dites "perdue".'}, "guillemets"),
        ({"reponse": "Voyez https://example.com ici."}, "sans lien"),
        ({"reponse": "Écrivez à chef@example.com."}, "pas un contact"),
        ({"reponse": "Bonjour {seller}."}, "mise en forme"),
        ({"reponse": "Comptez 45 jours."}, "Aucune règle cochée ne donne «\u00a045\u00a0»"),
        ({"reponse": "Comptez 30 jours."}, "Aucune règle cochée ne donne «\u00a030\u00a0»"),
        ({"reponse": "Comptez 30 jours.", "regles": ["REF-1"]}, ""),
        ({"regles": ["REF-1", "aucune"]}, "Ou des règles, ou aucune"),
        ({"regles": []}, "obligatoire"),
        ({"regles": ["XXX-1"]}, "XXX-1"),
        ({"autrement": ANSWER}, "en d’autres mots"),
        ({"titre": "Quand suis-je remboursé ?"}, "déjà ce titre"),
        ({"titre": "Delay"}, "déjà ce nom"),
        ({"titre": "!!!"}, "pas assez de lettres"),
        ({"titre": "a" * 41}, "40"),
        ({"sujet": "greet"}, "greet"),
        ({"sujet": "../../etc"}, "choix"),
        ({"phrases": "\n".join(WRITTEN[1:])}, "Encore 1 phrase"),
        ({"phrases": "\n".join([*WRITTEN[1:], WRITTEN[1].upper()])}, "Encore 1 phrase"),
        ({"phrases": "\n".join([*WRITTEN, "où est mon colis ?"])}, "déjà apprise"),
        ({"phrases": "\n".join([*WRITTEN, "/look_up"])}, "bouton"),
        ({"message": []}, "Encore 2 phrases"),
    ],
)
def test_an_added_question_is_checked_like_a_developers(agent, asked, changed, fault):
    answer = post(agent("manage"), asked, garder="1", **changed)
    if not fault:
        assert answer.status_code == 302
        return
    assert answer.status_code == 409
    assert fault in answer.content.decode()
    assert not AddedQuestion.objects.exists()
    assert asked.askings.count() == 2


def test_a_held_out_line_is_not_learnt(agent, asked):
    line = next(line for _, line in bot_data.blind_lines() if "\n" not in line)
    assert "juger le bot" in post(agent("manage"), asked, phrases=f"{line}\n").content.decode()


def test_what_is_pulled_passes_the_same_checks_and_the_two_agree(agent, asked, project, capsys):
    kept(agent("manage"), asked)
    with pytest.raises(CommandError, match="lacks changes"):
        call_command("pull_corrections", "--check")
    call_command("pull_corrections")
    assert "data/responses/refund.yml: +1 -0" in capsys.readouterr().out
    call_command("pull_corrections", "--check")
    replies = yaml.safe_load((project / "responses" / "refund.yml").read_text())["responses"]
    first, second = replies[f"utter_{NAME}"]
    assert first == {"text": ANSWER, "metadata": {"title": TITLE}}
    assert second == {"text": OTHER_WORDS}
    learnt = [line for question, line in bot_data.training_examples() if question == NAME]
    assert sorted(learnt) == sorted([*WRITTEN, *MESSAGES])


def test_a_reply_that_developers_have_stays_as_they_have_it(project):
    mine = Answer("ask_refund/delay", "Quand ?", ["a", "b"], [])
    assert pull_answers(TrainingChanges(answers=[mine]), project / "responses") == {}


def test_it_is_changed_and_what_it_no_longer_says_is_unlearnt(agent, asked):
    lead = agent("manage")
    one = kept(lead, asked)
    address = reverse("console:change_answer", args=[one.pk])
    assert WRITTEN[0] in lead.get(address).content.decode()
    lines = [*WRITTEN[1:], "plus aucune trace de ma carte kdo"]
    changed = {"phrases": "\n".join(lines), "titre": "Carte cadeau égarée", "garder": "1"}
    assert lead.post(address, fields(**changed)).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.title) == (NAME, "Carte cadeau égarée"), "its lines and messages carry the name"
    assert set(one.lines) == set(lines)
    assert training_changes.accepted().removed == [training_changes._line(NAME, "", WRITTEN[0]).digest]


def test_after_its_withdrawal_its_messages_are_an_open_question_again(agent, asked):
    lead = agent("manage")
    one = kept(lead, asked)
    assert agent("review", "sam").post(reverse("console:drop_answer", args=[one.pk])).status_code == 403
    lead.post(reverse("console:drop_answer", args=[one.pk]))
    assert not AddedQuestion.objects.exists()
    assert not Correction.objects.exists()
    (again,) = open_questions.summaries(OpenQuestion.State.OPEN)
    assert {turn.text for turn in again.turns} == set(MESSAGES)
    assert Unlearnt.objects.count() == len(WRITTEN) + len(MESSAGES)
    assert training_changes.accepted() == TrainingChanges([], training_changes.accepted().removed, [])


def test_personal_data_is_not_learnt_and_a_message_takes_its_line_with_it(agent, asked):
    turn = asked.askings.first().turn
    turn.text = "carte cadeau de zoe@example.org perdue, 06 12 34 56 78"
    turn.save()
    lines = [*WRITTEN, "ma carte cadeau, écrivez à zoe@example.org"]
    kept(agent("manage"), asked, phrases="\n".join(lines))
    text = json.dumps(training_changes.accepted().as_json())
    assert "zoe@" not in text
    assert "06 12" not in text
    before = len(training_changes.accepted().lines)
    erase_message(turn.thread, turn.thread.chat.messages.get(seq=1))
    assert len(training_changes.accepted().lines) == before - 1


def test_two_leads_answer_the_same_question_once(agent, asked):
    turns = [one.turn_id for one in asked.askings.all()]
    kept(agent("manage"), asked)
    later = agent("manage", "mia").post(
        reverse("console:answer_question", args=[asked.pk]), fields(garder="1", message=turns)
    )
    assert later.status_code == 404
    assert AddedQuestion.objects.count() == 1


def test_messages_that_say_the_same_are_answered_too(agent, asked, talk):
    same = Turn.objects.create(thread=talk("x y"), seq=1, at=clock.now(), text=MESSAGES[0].upper(), unanswered=True)
    Asking.objects.create(question=asked, turn=same)
    kept(agent("manage"), asked)
    assert not Asking.objects.exists()
    assert Correction.objects.count() == 2


# --- the bot answers it ---


def answer():
    return Answer(NAME, TITLE, [ANSWER, OTHER_WORDS], [])


def test_a_models_file_carries_the_replies(tmp_path):
    model = tmp_path / "model.tar.gz"
    (tmp_path / "metadata.json").write_text("{}")
    with tarfile.open(model, "w:gz") as archive:
        archive.add(tmp_path / "metadata.json", "metadata.json")
    assert versions.replies_of(model) == {}
    versions.add_replies(model, {answer().reply: answer().variations})
    assert versions.replies_of(model) == {f"utter_{NAME}": answer().variations}
    with tarfile.open(model) as archive:
        assert archive.getnames() == ["metadata.json", versions.REPLIES]


@pytest.mark.parametrize("topic", topics.TOPIC_KEYS)
def test_every_topic_answers_an_added_question(act, topic, monkeypatch):
    question = f"{topic}/carte_cadeau"
    reply = Answer(question, "Carte cadeau ?", [ANSWER, OTHER_WORDS], [])
    responses.add({reply.reply: reply.variations})
    monkeypatch.setattr("tests.unit.conftest.responses", responses.load)
    monkeypatch.setattr("tests.unit.conftest.placeholders", lambda _: set())
    said = act(topics.action_of(question), intent=topic, question=question)
    assert reply.reply in said.names
    assert topics.title(question) == "Carte cadeau ?"
    assert topics.default_question(topic) != question


def test_a_button_of_a_version_before_asks_the_topics_first_question(act):
    said = act("action_refund", intent="ask_refund", entities={"question": "carte_cadeau_perdue"})
    assert said.names == ["utter_ask_refund/delay"]


def test_added_name_of_a_title():
    assert added.name_of("ask_refund", "Où est l’avoir n° 2 ?") == "ask_refund/ou_est_l_avoir_n"
    assert len(added.name_of("tradein_device_not_listed", "é" * 40)) <= 60
