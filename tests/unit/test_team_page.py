"""The team's page: users with the role « manage » create, change and close accounts; one such user always remains."""

import ast
import re
import uuid

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from chat import activity, conversations, takeover, team
from chat.models import AgentPresence
from console import accounts
from console.audit import ACTION_KEY, AUDIT_ACTIONS
from console.indexing.indexer import index_all
from console.journal import UNSAID
from console.models import Thread
from harness.project import ROOT

pytestmark = pytest.mark.django_db
PASSWORD = "une phrase assez longue"
NEW = "trois girafes bleues"


@pytest.fixture
def chef(agent):
    return agent("manage", "chef")


def act(client, name, user=None, **fields):
    return client.post(reverse(f"console:{name}", args=[user.pk] if user else []), fields)


def link_in(answer):
    return re.search(r'value="http://testserver(/console/connexion/[^"]+)"', answer.content.decode())[1]


def choose(path, password=NEW):
    """Open the link and send its form; the address of the form contains no secret any more."""
    client = Client()
    form = client.get(path)
    if form.status_code != 302:
        return form
    assert path not in form["Location"]
    return client.post(form["Location"], {"new_password1": password, "new_password2": password})


def signs_in(name, password=NEW):
    return Client().post(reverse("console:sign_in"), {"username": name, "password": password}).status_code == 302


def actions():
    """(who, what, whose account), the earliest first."""
    written = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).order_by("pk")
    return [(entry.actor, entry.additional_data[ACTION_KEY], entry.object_repr) for entry in written]


def test_an_invited_user_chooses_a_password_that_is_never_shown(chef):
    invited = act(chef, "create_account", nom="lea", prenom="Léa", role="review")
    lea, path = User.objects.get(username="lea"), link_in(invited)
    assert not lea.has_usable_password()
    assert "pas encore choisi" in chef.get(reverse("console:team")).content.decode()
    assert "trop courant" in choose(path, "azertyuiop").content.decode(), "the link can still be used"
    assert choose(path)["Location"] == reverse("console:sign_in")
    assert signs_in("lea")
    assert (accounts.role_of(lea), team.display_name(lea)) == ("review", "Léa")
    assert "ne sert plus" in choose(path).content.decode(), "once"
    assert [action for action in actions() if action[1] not in ("signed_in", "failed")] == [
        (chef.user, "account_created", "lea"), (lea, "password_chosen", "lea")
    ]  # fmt: skip


def test_a_new_link_helps_who_lost_the_password_and_who_is_locked_out(chef, agent):
    marc = agent("read", "marc").user
    for _ in range(5):
        signs_in("marc", "faux")
    assert not signs_in("marc", PASSWORD)
    choose(link_in(act(chef, "password_link", marc)))
    assert signs_in("marc")
    assert (chef.user, "password_link", "marc") in actions()


def test_a_link_serves_three_days_and_not_for_a_closed_account(chef, agent, settings):
    marc = agent("read", "marc").user
    path = link_in(act(chef, "password_link", marc))
    act(chef, "close_account", marc)
    assert "ne sert plus" in choose(path).content.decode()
    assert act(chef, "password_link", marc).status_code == 404
    act(chef, "reopen_account", marc)
    assert settings.PASSWORD_RESET_TIMEOUT == 3 * 24 * 60 * 60, "as the page says"
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "ne sert plus" in choose(path).content.decode()


def test_changing_a_role_changes_the_rights_and_can_be_undone(chef, agent):
    marc = agent("read", "marc")
    act(chef, "change_account", marc.user, prenom="Marc", role="review")
    assert marc.post(reverse("console:be_present"), {"disponible": "1"}).status_code == 204
    page = chef.get(reverse("console:team")).content.decode()
    assert "Le compte de marc est changé." in page
    assert "là, prend des conversations" in page
    act(chef, "change_account", marc.user, prenom="", role="read")  # what « Annuler » posts
    assert marc.post(reverse("console:be_present"), {"disponible": "1"}).status_code == 403
    assert [action for _, action, _ in actions()].count("account_changed") == 2


def test_a_closed_account_is_signed_out_and_its_customers_wait_for_nobody(chef, agent):
    marc = agent("review", "marc")
    team.mark_present(marc.user, True)
    act(chef, "close_account", marc.user)
    assert marc.get(reverse("console:threads")).status_code == 302
    assert not AgentPresence.objects.exists()
    assert "compte fermé" in chef.get(reverse("console:team")).content.decode()
    act(chef, "reopen_account", marc.user)
    assert signs_in("marc", PASSWORD)


@pytest.mark.parametrize("name", ["close_account", "change_account", "password_link", "reset_second_factor"])
def test_nobody_changes_their_own_account_or_one_that_can_do_more(chef, agent, name):
    root = User.objects.create_superuser("root", password=PASSWORD)
    for user in (chef.user, root):
        assert act(chef, name, user, role="read").status_code == 404
    assert act(agent("review", "lea"), name, root, role="read").status_code == 403
    assert set(User.objects.filter(is_active=True).values_list("username", flat=True)) == {"chef", "lea", "root"}


def test_of_two_who_close_each_other_s_account_at_once_one_stays(chef, agent):
    """Both requests have passed the role check of the page; the second change is made after the first one."""
    other = agent("manage", "autre").user
    accounts.set_open(chef.user, other, False)
    with pytest.raises(accounts.NoLonger):
        accounts.set_open(other, chef.user, False)
    accounts.set_open(chef.user, other, True)
    accounts.change(chef.user, other, "", "review")
    for refused in (
        lambda: accounts.change(other, chef.user, "", "read"),
        lambda: accounts.create(other, "x", "", "manage"),
    ):
        with pytest.raises(accounts.NoLonger):
            refused()
    assert chef.get(reverse("console:team")).status_code == 200


@pytest.mark.parametrize(
    ("nom", "role"),
    [("CHEF", "read"), ("", "read"), ("a b", "read"), ("x" * 41, "read"), ("lea", "root"), ("a\nb", "read")],
)
def test_what_is_no_account_is_refused_with_its_reason(chef, nom, role):
    answer = act(chef, "create_account", nom=nom, role=role)
    assert (answer.status_code, User.objects.count()) == (400, 1)
    assert 'role="alert"' in answer.content.decode()


def test_one_s_own_password_ends_the_other_sessions(chef):
    elsewhere = Client()
    elsewhere.force_login(chef.user)
    fields = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert act(chef, "change_password", **(fields | {"old_password": "faux"})).status_code == 200
    assert signs_in("chef", PASSWORD)
    assert act(chef, "change_password", **fields)["Location"] == reverse("console:account")
    assert "Votre mot de passe est changé" in chef.get(reverse("console:account")).content.decode()
    assert elsewhere.get(reverse("console:threads")).status_code == 302
    assert (chef.user, "password_chosen", "chef") in actions()


def test_the_command_s_account_is_shown_with_the_others(chef):
    User.objects.create_user("sans").groups.set([])
    User.objects.create_user("deux").groups.set(Group.objects.filter(name__in=["Lecture", "Gestion"]))
    assert [(one.user.username, one.role) for one in accounts.accounts()] == [("chef", "manage"), ("deux", "manage")]


def test_a_lead_views_a_colleagues_conversation_masked_and_is_listed_as_a_viewer(chef, agent):
    lea = agent("review", "lea")
    conversation = conversations.open_conversation("192.0.2.1")
    conversations.post_text(conversation.id, uuid.uuid4(), "rappelez-moi, camille.durand@example.com", "worker")
    takeover.take(conversation.id, lea.user)
    assert "répond à 1 client" in chef.get(reverse("console:team")).content.decode()
    read = chef.get(reverse("console:inbox"), {"c": conversation.id.hex}).content.decode()
    assert "lea le voit" in read
    assert ("camille.durand@" in read, 'id="composer"' in read) == (False, False)
    assert activity.viewers(conversation.id, excluding=lea.user.pk) == ["chef (responsable)"]
    reply = {"texte": "Bonjour.", "envoi": uuid.uuid4(), "vu": 9}
    assert chef.post(reverse("console:reply", args=[conversation.id]), reply).status_code == 409
    assert (chef.user, "read", str(conversation.id)) in actions()
    index_all()
    page = reverse("console:thread", args=[Thread.objects.get(chat=conversation).pk])
    assert page in chef.get(reverse("console:audit")).content.decode(), "the journal leads to what was read"


def test_the_journal_is_in_french(chef, agent):
    marc = agent("read", "marc")
    act(chef, "change_account", marc.user, prenom="", role="review")
    read = chef.get(reverse("console:audit")).content.decode()
    assert "<strong>chef</strong> a changé le compte marc en Relecture." in read


def test_a_sentence_leads_to_its_conversation_and_runs_nothing(chef, talk):
    one, gone = talk("où est mon colis ?"), talk("bonjour")
    for thread in (one, gone):
        chef.post(reverse("console:reveal", args=[thread.pk]), {"raison": "<b>le client</b> rappelle"})
    gone.delete()
    read = chef.get(reverse("console:audit")).content.decode()
    link = f'<a href="/console/conversations/{one.pk}/">conversation {one.pk}</a>'
    why = "parce que\u00a0: «\u00a0&lt;b&gt;le client&lt;/b&gt; rappelle\u00a0»"
    assert f"a révélé les données personnelles de la {link}, {why}." in read
    assert f"a révélé les données personnelles de une conversation effacée depuis, {why}." not in read
    assert f"a révélé les données personnelles d’une conversation effacée depuis, {why}." in read


def test_every_detail_of_the_journal_has_its_place_in_a_sentence():
    calls = [
        node
        for path in sorted((ROOT / "console").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("audit.record")
    ]
    told = {keyword.arg for call in calls for keyword in call.keywords}
    assert (
        {"of", "reason", "verdict"} <= told <= set(re.findall(r"\{(\w+)\}", "".join(AUDIT_ACTIONS.values()))) | UNSAID
    )
