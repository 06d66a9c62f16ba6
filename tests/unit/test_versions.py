"""Versions: requested by the role « manage », trained one at a time, evaluated, put into service and rolled back."""

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from bot import model_checksum, versions
from bot.nlu.model import QuestionModel
from console.audit import ACTION_KEY
from console.models import Replay, Rollout, Version
from console.training.training_changes import Line
from console.versions import golden, lease, worker
from console.versions.evaluation import HeldOut, compare, held_out_lines, mcnemar, wrong_lines
from shop import clock

HELD = {"lines": 10, "live": 9, "candidate": 9, "better": 0, "worse": 0, "p": 1.0, "margin": 0.01, "is_worse": False}
GOOD = {"held_out": HELD, "corrected": 1, "wrong": []}
WORSE = GOOD | {"held_out": HELD | {"is_worse": True}}


@pytest.fixture
def models(tmp_path, monkeypatch):
    """An installed model and an empty folder of versions."""
    monkeypatch.setenv("MODEL", str(tmp_path / "model.tar.gz"))
    monkeypatch.delenv("MODEL_SHA256", raising=False)
    install(tmp_path, b"installed")
    versions.folder().mkdir()
    return tmp_path


def install(folder, content):
    (folder / "new").write_bytes(content)
    model_checksum.install(folder / "new", folder / "model.tar.gz")


def trained(number, content=b"a version", figures=GOOD):
    file = versions.folder() / "file"
    file.write_bytes(content)
    sha256 = model_checksum.digest(file)
    file.rename(versions.path_of(sha256))
    return Version.objects.create(
        number=number, state=Version.State.READY, sha256=sha256, figures=figures, ended_at=clock.now()
    )


def post(client, name, *arguments):
    return client.post(reverse(f"console:{name}", args=arguments))


# --- the file of the version in service ---


def test_a_version_stays_live_until_another_model_is_installed(models):
    version = versions.folder() / f"{'a' * 64}.tar.gz"
    version.write_bytes(b"a version")
    assert versions.live() is None
    versions.set_live("a" * 64)
    assert versions.to_load(versions.live()) == (version, "a" * 64)
    install(models, b"of the next release")
    assert versions.live() is None, "a release brings the lines that its developers pulled"
    assert versions.to_load(None) == (models / "model.tar.gz", model_checksum.digest(models / "model.tar.gz"))


def test_without_any_model_the_error_says_what_to_do(models):
    for file in models.glob("model*"):
        file.unlink()
    with pytest.raises(model_checksum.UntrustedModel, match="make train"):
        versions.to_load(versions.live())


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"sha256": "b"}', "\x00"])
def test_with_an_invalid_file_the_installed_model_is_in_service(models, content):
    (versions.folder() / "live").write_text(content)
    assert versions.live() is None


def test_a_version_without_its_file_is_not_live(models):
    versions.set_live("a" * 64)
    assert versions.live() is None


def test_a_version_is_loaded_only_with_its_own_hash(models):
    path = versions.path_of("a" * 64)
    path.write_bytes(b"another file")
    with pytest.raises(model_checksum.UntrustedModel), model_checksum.verified_copy(*versions.to_load("a" * 64)):
        pass


# --- requesting a version ---


def test_the_role_manage_requests_one_version_at_a_time_and_cancels_it(agent, models):
    manage = agent("manage")
    assert post(agent("review"), "prepare_version").status_code == 403
    post(manage, "prepare_version")
    post(manage, "prepare_version")
    assert [(one.number, one.state) for one in Version.objects.all()] == [(1, "queued")]
    post(manage, "cancel_version", 1)
    assert Version.objects.get().state == "cancelled"
    actions = [entry.additional_data[ACTION_KEY] for entry in LogEntry.objects.filter(action=LogEntry.Action.ACCESS)]
    assert {"prepared_version", "cancelled_version"} <= set(actions)


def test_a_version_is_put_into_service_once_and_back(agent, models):
    manage, version = agent("manage"), trained(1)
    assert post(agent("review"), "promote_version", 1).status_code == 403
    post(manage, "promote_version", 1)
    post(manage, "promote_version", 0)
    assert [one.version for one in Rollout.objects.all()] == [version], "the second waits for the first"
    Rollout.objects.update(state=Rollout.State.DONE)
    post(manage, "promote_version", 0)
    assert [one.version for one in Rollout.objects.all()] == [None, version]


def test_a_clearly_worse_or_deleted_version_cannot_be_put_into_service(agent, models):
    manage = agent("manage")
    trained(1, figures=WORSE)
    gone = trained(2, b"gone")
    versions.path_of(gone.sha256).unlink()
    for number, why in ((1, "nettement moins bien"), (2, "plus gardé")):
        answer = post(manage, "promote_version", number)
        assert answer.status_code == 409
        assert why in answer.content.decode()
    assert not Rollout.objects.exists()
    assert post(manage, "promote_version", 3).status_code == 404


def test_the_page_shows_the_live_version_and_that_no_worker_runs(agent, models):
    version = trained(4)
    versions.set_live(version.sha256)
    body = agent("read").get(reverse("console:versions")).content.decode()
    assert "En service\u00a0: version 4" in body
    assert "Aucun processus n’entraîne ici" in body
    lease.take("a worker")
    assert "Aucun processus n’entraîne ici" not in agent("review").get(reverse("console:versions")).content.decode()


def test_one_worker_runs_and_another_one_takes_over_after_its_end(db, monkeypatch):
    assert lease.take("one")
    assert not lease.take("two")
    assert lease.take("one"), "renewed"
    assert lease.is_taken()
    lease.release("two")
    assert lease.is_taken(), "nobody gives back what another one has"
    later = clock.now() + lease.LEASE
    monkeypatch.setattr(clock, "now", lambda: later)
    assert not lease.is_taken()
    assert lease.take("two")
    lease.release("two")
    assert lease.take("one")


def test_a_training_of_a_dead_worker_is_marked_as_failed(db, models):
    Version.objects.create(number=1, state=Version.State.TRAINING)
    worker.Worker().start()
    assert Version.objects.get().state == Version.State.FAILED


# --- the evaluation on the page ---

GOLDEN = {"conversations": 2, "right": 2, "changes": []}
WHOLE = GOOD | {
    "dialogues": HELD | {"turns": [30, 31], "all_turns": 40}, "golden": GOLDEN, "facts": {"facts": 44, "wrong": []},
}  # fmt: skip
CHANGE = {"said": "et mon colis ?", "before": "Il est en route.", "after": "Dans votre compte."}


def test_the_page_says_what_was_verified_and_what_the_press_goes_without(agent, models):
    manage, version = agent("manage"), trained(1, figures=WHOLE)
    Replay.objects.create(version=version, state=Replay.State.DONE, live=versions.installed())
    body = manage.get(reverse("console:versions")).content.decode()
    assert "9 menés à bien du début à la fin sur 10" in body
    assert "31 réponses satisfont sur 40, contre 30" in body
    assert "aucune ne change, à la lettre" in body
    assert "malgré ce qui manque" not in body
    red = {
        "golden": {"conversations": 2, "right": 1, "changes": [CHANGE]},
        "facts": {"facts": 44, "wrong": ["ask_refund/delay"]},
    }
    Version.objects.update(figures=WHOLE | red)
    body = manage.get(reverse("console:versions")).content.decode()
    for said in (
        "1 conversation de référence change",
        "1 conversation de référence n’a pas la réponse voulue",
        "1 réponse ne dit pas les règles de la boutique",
        "malgré ce qui manque",
        "Dans votre compte.",
    ):
        assert said in body, said


def test_the_page_says_that_dialogues_were_not_played(agent, models):
    trained(1, figures=GOOD | {"not_played": "un bot d’essai n’a pas démarré"})
    body = agent("manage").get(reverse("console:versions")).content.decode()
    assert "un bot d’essai n’a pas démarré" in body
    assert "les dialogues et les conversations de référence n’ont pas été joués" in body
    assert "les règles de la boutique n’ont pas été vérifiées" in body


def test_a_version_with_clearly_worse_dialogues_cannot_be_put_into_service(agent, models):
    trained(1, figures=WHOLE | {"dialogues": HELD | {"is_worse": True}})
    answer = post(agent("manage"), "promote_version", 1)
    assert answer.status_code == 409
    assert "mène nettement moins bien" in answer.content.decode()


def test_a_golden_conversation_is_compared_letter_for_letter():
    asked = {"user": "où ?", "bot": ["Paris"], "buttons": ["Oui"]}
    conversation = golden.Conversation("happy/x: where", [asked])
    orders = golden.Orders([])
    right = {"text": "À\u00a0Paris.", "buttons": [{"title": "Oui", "payload": "/affirm"}], "card": None}
    other = right | {"text": "À\u00a0 Paris."}
    assert golden.is_right(conversation, [[right]], orders)
    assert golden.is_right(conversation, [[other]], orders), "blanks matter only between two models"
    assert not golden.is_right(conversation, [[right | {"buttons": []}]], orders)
    played = [{conversation.name: [[one]]} for one in (right, other)]
    assert [*golden.changes([conversation], orders, played[0], played[0])] == []
    assert [one["said"] for one in golden.changes([conversation], orders, *played)] == ["où ?"]
    drawn = [right | {"text": f"À Paris : {one}", "card": {"reference": one}} for one in ("D-7K3FQ2", "D-CUFZJ2")]
    played = [{conversation.name: [[one]]} for one in drawn]
    assert [*golden.changes([conversation], orders, *played)] == [], "the random reference is ignored"


@pytest.mark.parametrize(
    ("better", "worse", "p"), [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 0.0625), (6, 0, 0.03125), (1, 9, 0.021484375)]
)
def test_mcnemars_exact_test(better, worse, p):
    assert mcnemar(better, worse) == mcnemar(worse, better) == p


def small(*examples):
    model = QuestionModel(["characters", "words"], 10.0)
    model.fit([line for line, _ in examples], [None] * len(examples), [question for _, question in examples])
    return model


INVOICE = [(f"{word} ma facture", "ask_invoice/where") for word in ("où est", "je veux", "donnez", "trouver")]
REFUND = [(f"{word} mon remboursement", "ask_refund/delay") for word in ("où est", "je veux", "quand", "donnez")]


def test_a_candidate_without_a_topic_is_clearly_worse():
    both = small(*INVOICE, *REFUND)
    # The same lines, but the candidate learnt the refunds as invoices.
    candidate = small(*INVOICE, *((line, "ask_invoice/where") for line, _ in REFUND), ("bonjour", "greet"))
    lines = [HeldOut(f"{line} {n}", "", question) for n in range(3) for line, question in (*INVOICE, *REFUND)]
    found = compare(both, candidate, lines)
    assert (found.lines, found.live, found.candidate, found.better, found.worse) == (24, 24, 12, 0, 12)
    assert found.is_worse
    assert not compare(both, both, lines).is_worse
    taught = [
        Line("", "intent: ask_refund/delay", "", REFUND[0][0]),
        Line("", "intent: ask_invoice/where", "", INVOICE[0][0]),
    ]
    assert wrong_lines(candidate, taught) == [REFUND[0][0]]


def test_the_held_out_lines_are_those_of_the_reports():
    lines = held_out_lines()
    assert len(lines) > 1000
    assert {True, False} == {"/" in one.expected for one in lines}
    assert any(one.after for one in lines)
