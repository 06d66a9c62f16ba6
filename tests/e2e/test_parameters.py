"""No parameter of a page or of the API breaks the process: each gets a page, an empty result or a refusal.

With PostgreSQL, which refuses what SQLite stores: NUL, text that is too long, numbers and dates out of range.
"""

import re
import urllib.error
import urllib.request
import uuid

import pytest
from django.urls import get_resolver

from harness.chat_client import Answer, ChatClient
from harness.console_client import ConsoleClient
from harness.processes import Processes, web_alone

pytestmark = pytest.mark.processes

# A conversation with one turn, a request, a view and an account, for the numbers in the URLs.
ROWS = """
from datetime import timedelta
from uuid import UUID
from django.contrib.auth.models import Group, User
from chat.models import Conversation, HandOverRequest
from console.models import AddedQuestion, Asking, OpenQuestion, Replay, Thread, Turn, Version
from shop import clock
now = clock.now()
chat = Conversation.objects.create(id=UUID(int=1), address="x", expires_at=now + timedelta(days=1))
thread = Thread.objects.create(pk=1, chat=chat, sender=chat.id.hex, started_at=now, last_at=now)
turn = Turn.objects.create(pk=1, thread=thread, seq=1, at=now, text="je voudrais ma facture", intent="faq/ask_invoice")
version = Version.objects.create(number=1)
Replay.objects.create(version=version)
Replay.objects.create(version=version, kind="shadow", state="listening", read_to=now, until=now)
Asking.objects.create(question=OpenQuestion.objects.create(pk=1), turn=turn)
AddedQuestion.objects.create(pk=1, name="ask_refund/carte_cadeau", title="Carte cadeau", wordings=["Oui.", "Si."])
HandOverRequest.objects.create(pk=1, conversation=chat.id.hex, email="a@example.com", text="bonjour")
"""
# Values, as encoded in a URL or a form: NUL, invalid and unpaired Unicode, numbers that are too large or that int()
# refuses, dates out of range, long texts, and texts with characters of other languages.
VALUES = [
    "%00", "a%00b", "%FF%FE", "%ED%A0%80", "%F0%9F%A6%86", "-1", "0", "1e309", "NaN", "%C2%B2", "%D9%A1",
    "9223372036854775808", "99999999999999999999", "9" * 5000, "0001-01-01", "9999-12-31", "99999-01-01", "-0001-01-01",
    "%0D%0AX-A:%20b%27%22%3B--%25s%25n", "a" * 5000, "//evil.example", "",
]  # fmt: skip
# Keys of a list's next page (console/paging.py), for the parameters that contain one.
KEYS = [
    "0001-01-01T00:00:00%2B14:00_1", "9999-12-31T23:59:59-14:00_1", "2026-01-01T00:00:00%2B00:00_99999999999999999999",
    "2026-01-01T00:00:00%2B00:00_-1",
]  # fmt: skip
HOLD_KEYS = {"apres", "avant"}
CHAT = str(uuid.UUID(int=1))
FILTER = [
    "q", "du", "au", "sujet", "intention", "action", "confiance", "issue", "relecture", "par", "etiquette", "avis",
    "ecrit", "inconnu", "apres", "signale", "reponses",
]  # fmt: skip
ANSWER = ["sujet", "titre", "reponse", "autrement", "regles", "phrases", "message", "garder"]
# The parameters that each page reads. The pages in SHARED read them with the code of another page.
READ = {
    "": FILTER, "a-relire/": ["apres"], "a-relire/commencer": ["apres"], "export.csv": FILTER, "export.jsonl": FILTER,
    "conversations/1/": FILTER, "conversations/1/presence": [], "conversations/1/histoire.yml": [],
    "tours/1/pourquoi": FILTER, "tours/1/proches": [], "tours/1/corriger": [], "corrections/": ["de"],
    "corrections/corrections.json": [],
    "incompris/": ["jours"], "incompris/questions/": ["ecartees"],
    "incompris/questions/1/repondre": [], "incompris/reponses/1/": [], "versions/": [], "versions/avancement": [],
    "versions/1/rejeu/": ["avant", "apres"], "versions/1/essai/": ["avant", "apres"],
    "statistiques/": ["du", "au", "sujet"], "statistiques.csv": ["du", "au", "sujet"],
    "statistiques/equipe.csv": ["du", "au", "sujet"], "statistiques/automatisation.csv": ["du", "au", "sujet"],
    "avis/": ["question"], "statistiques/accord": ["du", "au", "sujet"], "juger/": [], "juger/1/": [],
    "statistiques/exactitude.csv": ["du", "au", "sujet"],
    "boite/alertes": [], "reponses/": ["modifier"],
    "demandes/": ["etat"], "effacer/": [], "effacer/1/": [], "journal/": ["qui", "quoi", "avant"],
    "etat/": ["page"], "aide/": [], "compte/": [], "compte/code/": [], "equipe/": [],
    "boite/": ["c", "d", "onglet", "page"], "boite/liste": ["c", "d", "onglet", "page"], f"boite/{CHAT}/": [],
    f"boite/{CHAT}/collegues": [], f"boite/{CHAT}/photos": [],
    "connexion/": ["next"], "connexion/code/": [], "compte/mot-de-passe/": [], "connexion/mot-de-passe/1/1/": [],
}  # fmt: skip
WRITE = {
    "chercher": FILTER,
    "ensemble": ["faire", "etiquette", "autres", "texte", "a", "c", "toutes"], "ensemble/1/annuler": [],
    "conversations/1/signaler": ["texte", "tour", "a"], "signalements/1/regler": [], "signalements/1/rouvrir": [],
    "signalements/1/retirer": [], "notes/1/retirer": [], "vues": ["nom", "partagee"], "vues/1/supprimer": [],
    "conversations/1/reveler": ["raison"], "conversations/1/relire": ["verdict", "vu", "rester"],
    "conversations/1/noter": ["texte", "tour", "suite"], "conversations/1/etiqueter": ["etiquette", "retirer"],
    "tours/1/corriger/apercu": ["intention", "mots", "valeur"],
    "tours/1/corriger/garder": ["intention", "mots", "valeur", "sans_reponse"],
    "incompris/ranger": ["message", "action", "intention", "garder"], "tours/1/sortir": [],
    "incompris/questions/1/repondre": ANSWER, "incompris/reponses/1/": ANSWER, "incompris/reponses/1/retirer": [],
    "incompris/questions/1/defaire": ["dernier"], "incompris/questions/1/ecarter": [],
    "incompris/questions/1/rouvrir": [],
    "versions/preparer": [], "versions/1/annuler": [], "versions/1/mettre-en-service": [],
    "versions/1/rejeu/juger": ["avant", "apres", "avis", "difference"], "versions/1/rejeu/rejouer": [],
    "versions/1/rejeu/arreter": [], "versions/1/essai/prolonger": [], "versions/1/essai/arreter": [],
    "versions/1/essai/juger": ["avant", "apres", "avis", "difference"],
    "corrections/1/retirer": [], "corrections/1/ne-plus-accepter": [], "corrections/remettre": ["correction"],
    "corrections/1/accepter": [], "demandes/1/prendre": [], "demandes/1/rendre": [],
    "demandes/1/repondue": ["vu", "reponse"], "demandes/1/rouvrir": [], "demandes/1/liberer": ["raison"],
    "juger/1/decider": ["question", "autre"], "avis/mettre": ["question", "texte", "fin"], "avis/1/retirer": [],
    "avis/1/remettre": [],
    "reponses/garder": ["pk", "titre", "texte", "partagee"], "reponses/1/supprimer": [],
    "boite/presence": ["disponible"], f"boite/{CHAT}/activite": ["ecrit", "lu"],
    f"boite/{CHAT}/proposer": ["a"], f"boite/{CHAT}/reattribuer": ["a", "raison", "depuis"],
    f"boite/{CHAT}/accepter": [], f"boite/{CHAT}/decliner": [], f"boite/{CHAT}/garder": [],
    f"boite/{CHAT}/repondre": ["texte", "envoi", "vu"], f"boite/{CHAT}/prendre": [],
    f"boite/{CHAT}/rendre": [], f"boite/{CHAT}/terminer": [], f"boite/{CHAT}/remettre": [],
    "boite/plusieurs": ["faire", "c", "d"], "boite/plusieurs/1/annuler": [],
    "effacer/": ["personne"], "compte/code/": ["code"], "connexion/code/": ["code"],
    "connexion/": ["username", "password", "next"], "equipe/creer": ["nom", "prenom", "role"],
    "compte/mot-de-passe/": ["old_password", "new_password1", "new_password2"],
}  # fmt: skip
# For pages that share code, only the fastest one is requested with every single value: export.csv, not the list.
SHARED = {
    "", "export.jsonl", "conversations/1/", "tours/1/pourquoi", "chercher", "statistiques.csv", "boite/liste",
    "statistiques/equipe.csv", "statistiques/automatisation.csv", "statistiques/exactitude.csv", "statistiques/accord",
    "tours/1/corriger/apercu", "incompris/reponses/1/",
}  # fmt: skip
# Forms that are validated as a whole, or that are refused if a field is missing.
WHOLE = {
    "ensemble", "incompris/ranger", "avis/mettre", "reponses/garder", f"boite/{CHAT}/repondre",
    f"boite/{CHAT}/reattribuer", "equipe/creer", "compte/mot-de-passe/",
}  # fmt: skip
NUMBERS = ["0", "9223372036854775808", "9" * 30, "9" * 5000, "%00", "1%00", "%FF", "-1", "%C2%B2", "%D9%A1"]
NUMBERED = [
    "ensemble/{}/annuler", "boite/plusieurs/{}/annuler",
    "conversations/{}/signaler", "signalements/{}/regler", "signalements/{}/rouvrir",
    "signalements/{}/retirer", "notes/{}/retirer",
    "vues/{}/supprimer", "conversations/{}/", "conversations/{}/reveler", "conversations/{}/relire",
    "conversations/{}/noter", "conversations/{}/etiqueter", "conversations/{}/presence",
    "conversations/{}/histoire.yml", "conversations/{}/effacer",
    "tours/{}/pourquoi", "tours/{}/proches", "tours/{}/corriger", "tours/{}/corriger/apercu",
    "tours/{}/corriger/garder", "tours/{}/sortir", "incompris/questions/{}/defaire",
    "incompris/questions/{}/ecarter", "incompris/questions/{}/rouvrir",
    "incompris/questions/{}/repondre", "incompris/reponses/{}/", "incompris/reponses/{}/retirer",
    "corrections/{}/retirer", "corrections/{}/accepter", "corrections/{}/ne-plus-accepter",
    "versions/{}/annuler", "versions/{}/mettre-en-service", "avis/{}/retirer", "avis/{}/remettre",
    "juger/{}/", "juger/{}/decider",
    "versions/{}/rejeu/", "versions/{}/essai/", "versions/{}/essai/juger", "versions/{}/essai/prolonger",
    "versions/{}/essai/arreter",
    "versions/{}/rejeu/juger", "versions/{}/rejeu/rejouer", "versions/{}/rejeu/arreter",
    "demandes/{}/prendre", "demandes/{}/rendre", "demandes/{}/repondue", "effacer/{}/",
    "conversations/{}/suivante", "conversations/1/messages/{}/effacer", "demandes/{}/rouvrir", "boite/{}/",
    "equipe/{}/changer", "equipe/{}/lien", "equipe/{}/fermer", "equipe/{}/rouvrir",
    "connexion/mot-de-passe/{}/1/", "connexion/mot-de-passe/MQ/{}/",
    "photos/{}", "photos/{}/apercu",
    "equipe/{}/sans-code", "export.{}", "demandes/{}/liberer", "reponses/{}/supprimer",
]  # fmt: skip


@pytest.fixture(scope="module")
def web(postgresql_server, tmp_path_factory):
    """One web process with PostgreSQL; the bot is not needed."""
    processes = Processes(tmp_path_factory.mktemp("parameters"), postgresql_server.new_database())
    with web_alone(processes, ROWS):
        yield processes


@pytest.fixture(scope="module")
def chief(web):
    client = ConsoleClient.signed_in(web, "manage")
    client._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(client.cookies), NoRedirect).open
    return client


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        """Do not follow the redirect: the test checks the redirect itself."""


def failures(answers):
    return {what: answer.status for what, answer in answers if answer.status >= 500 or not answer.status}


def send(chief, path, method, body=None):
    """Send the request unchanged: nothing is encoded. Redirects are not followed: other pages have other tests."""
    token = next(cookie.value for cookie in chief.cookies if cookie.name == "csrftoken")
    headers = {"X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded"}
    request = urllib.request.Request(f"{chief.web_url}/console/{path}", body, headers, method=method)
    return chief._call(request)


# Values without NUL: a request with NUL is refused as a whole (web/unstorable.py), so its other values are not read.
STORABLE = [value for value in VALUES if "%00" not in value]
# Parameters that no page reads.
UNREAD = "&".join([*STORABLE, *(f"unread={value}" for value in STORABLE)])


def one_by_one(names):
    return [f"{name}={value}" for name in names for value in [*STORABLE, *(KEYS if name in HOLD_KEYS else [])]]


def together(names):
    """Queries with all names. There are as many queries as values, so that each name gets each value once."""
    values = [*STORABLE, *(KEYS if HOLD_KEYS & {*names} else [])]
    count = len(values)
    return ["&".join(f"{name}={values[(n + k) % count]}" for k, name in enumerate(names)) for n in range(count)]


def queries(path, names):
    nul = [f"{name}=a%00b" for name in names[:1]]
    return [*(together(names) if path in SHARED | WHOLE else one_by_one(names)), *nul, UNREAD]


@pytest.mark.parametrize("path", READ)
def test_what_a_page_is_asked_for(chief, path):
    calls = [f"{path}?{query}" for query in queries(path, READ[path])]
    assert not failures((call[:120], send(chief, call, "GET")) for call in calls)


@pytest.mark.parametrize("path", WRITE)
def test_invalid_values_of_a_form(chief, path):
    bodies = queries(path, WRITE[path])
    assert not failures((f"{path} {body[:120]}", send(chief, path, "POST", body.encode())) for body in bodies)


def test_pages_show_the_values_that_the_forms_stored(chief):
    assert {send(chief, path, "GET").status for path in ("", "conversations/1/", "journal/")} == {200}
    assert not failures((path, send(chief, path, "GET")) for path in READ)


@pytest.mark.parametrize("path", NUMBERED)
def test_invalid_numbers_in_a_url(chief, path):
    calls = [(path.format(number), method) for number in NUMBERS for method in ("GET", "POST")]
    assert not failures((f"{method} {call[:60]}", send(chief, call, method)) for call, method in calls)


def test_the_crawl_knows_every_page_and_every_form():
    """A new URL of the console must be added to one of the lists above."""
    routes = {re.sub(r"<\w+:\w+>", "{}", str(one.pattern)) for one in get_resolver("console.urls").url_patterns}
    row = re.compile(rf"(?<=/)(1|{CHAT})(?=/)|(?<=\.)(csv|jsonl)$")
    crawled = {row.sub("{}", path) for path in [*READ, *WRITE, *NUMBERED]}
    # A stream never ends; the others read nothing.
    without = {
        "statistiques.csv",
        "statistiques/equipe.csv",
        "statistiques/automatisation.csv",
        "statistiques/exactitude.csv",
        "boite/flux",
        "deconnexion/",
        "compte/sans-code",
    }
    assert routes - without - {"compte/codes-de-secours"} <= crawled


COOKIES = ["sessionid", "csrftoken"]


@pytest.mark.parametrize("name", COOKIES)
@pytest.mark.parametrize("value", ['"abcd\\000efgh"', "9" * 4000, '"\\303\\050abcdefgh"', "é" * 9])
def test_invalid_cookies(web, name, value):
    request = urllib.request.Request(f"{web.web_url}/console/", headers={"Cookie": f"{name}={value}"})
    assert ConsoleClient(web.web_url)._call(request).status in (200, 400)


# JSON can also contain values that no URL can.
TEXTS = ["", "\0", "a\0b", "\ud800", "\U0001f986" * 5000, "a" * 15_000, "\u202e", "'\";--", "%s%n"]
JSON = [*TEXTS, None, True, -1, 2**63, 10**400, 1e308, [], {}, [[]], {"\0": "\0"}, ["\0"]]


@pytest.fixture
def customer(web):
    return ChatClient(web.web_url).open()


@pytest.mark.parametrize("field", ["text", "button", "client_id", "other", "\0"])
def test_invalid_values_of_a_message(customer, field):
    def post(value):
        said = {} if field in ("text", "button") else {"text": "bonjour"}
        return customer.call("POST", "messages", {"client_id": str(uuid.uuid4())} | said | {field: value})

    assert not failures((repr(value)[:60], post(value)) for value in JSON)


@pytest.mark.parametrize("field", ["helpful", "comment"])
def test_invalid_values_of_a_rating(customer, field):
    calls = ((repr(value)[:60], {"helpful": True} | {field: value}) for value in JSON)
    assert not failures((what, customer.call("POST", "rating", body)) for what, body in calls)


@pytest.mark.parametrize(
    "raw", [b"", b"\0", b"\xff\xfe", b'"\\u0000"', b"[" * 9000, b"1" * 9000, b'{"text": NaN}', b"{\xff}"]
)
@pytest.mark.parametrize("path", ["messages", "rating", "conversations"])
def test_a_body_that_is_no_object(customer, path, raw):
    assert not failures([(path, customer.call("POST", path, raw))])


def test_invalid_parameters_of_the_api(customer):
    asked = [("messages", "after"), ("messages", "wait"), ("stream", "after")]
    calls = [f"{path}?{name}={value}" for path, name in asked for value in VALUES]
    # An open stream does not end, so only the head of the response is read.
    assert not failures((call[:80], read_head(customer, call)) for call in calls)


def read_head(customer, path, **headers):
    sent = {"Authorization": f"Bearer {customer.token}"} | headers
    request = urllib.request.Request(f"{customer.web_url}/chat/v1/{path}", headers=sent)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Answer(answer.status, {}, b"")
    except urllib.error.HTTPError as error:
        return Answer(error.code, {}, b"")


@pytest.mark.parametrize("value", ["-1", "9" * 5000, "²", "é", "1e9", "NaN", "0x1"])
def test_invalid_positions_in_a_stream(customer, value):
    assert not failures([(value[:20], read_head(customer, "stream", **{"Last-Event-ID": value}))])


@pytest.mark.parametrize(
    "token", ["", "a", "é", "a:b:c", "9" * 8000, "00000000-0000-0000-0000-000000000000:a:b", ":::", "%00"]
)
def test_invalid_tokens(customer, token):
    assert not failures(
        (path, customer.call("GET", path, token=token)) for path in ("messages", "stream", "transcript.txt")
    )
