"""Photos over HTTP: what the API accepts and shows, who sees them in the console, and their erasure in all files."""

import uuid
from io import BytesIO

import pytest
from PIL import Image

from chat.uploads import MAX_BYTES
from harness.chat_client import ChatClient
from harness.console_client import ConsoleClient, new_word, threads_in
from harness.processes import wait_for
from tests.e2e.test_chat_api import check

pytestmark = pytest.mark.processes
BOUNDARY = "photo-boundary"


def a_photo():
    written = BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(written, "PNG")
    return written.getvalue()


def upload(chat, *files, **options):
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="a.html"\r\n'
        "Content-Type: text/html\r\n\r\n".encode()
        + data
        + b"\r\n"
        for data in files
    ]
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return chat.call("POST", "photos", body, **{"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}, **options)


def send(chat, *ids):
    return chat.call("POST", "messages", {"client_id": str(uuid.uuid4()), "photos": list(ids)})


def files_with(folder, piece):
    return [path.name for path in folder.rglob("*") if path.is_file() and piece in path.read_bytes()]


@pytest.fixture
def chat(bot):
    return ChatClient(bot.web_url).open()


def test_a_photo_from_the_upload_to_the_window(chat, bot):
    photo = check(upload(chat, a_photo()), "/photos", "post", 201).json["id"]
    assert check(chat.call("GET", f"photos/{photo}"), "/photos/{photo}", "get", 404), "it was not sent yet"
    check(send(chat, photo), "/messages", "post", 202)
    assert chat.wait_for_answer(1)[0]["text"].startswith("Votre photo est jointe")
    updates = check(chat.call("GET", "messages"), "/messages", "get", 200).json
    assert updates["messages"][0]["photos"] == [{"id": photo, "width": 400, "height": 300}]
    shown = check(chat.call("GET", f"photos/{photo}"), "/photos/{photo}", "get", 200)
    assert Image.open(BytesIO(shown.raw)).format == "JPEG"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert Image.open(BytesIO(chat.call("GET", f"photos/{photo}?small").raw)).size == (320, 240)
    stranger = ChatClient(bot.web_url).open()
    check(stranger.call("GET", f"photos/{photo}"), "/photos/{photo}", "get", 404)
    check(chat.call("GET", f"photos/{photo}", token="x"), "/photos/{photo}", "get", 401)
    check(send(stranger, photo), "/messages", "post", 404)


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([], 400),
        ([b""], 400),
        ([b"<script>alert(1)</script>"], 400),
        ([b"GIF89a" + b"\0" * 100], 400),
        ([a_photo(), a_photo()], 400),
        ([a_photo() + b"\0" * MAX_BYTES], 413),
    ],
    ids=["none", "empty", "page", "gif", "two", "too big"],
)
def test_a_bad_upload_is_refused_in_french(chat, files, status):
    check(upload(chat, *files), "/photos", "post", status)


def test_without_a_token_a_large_body_is_not_even_read(chat):
    check(upload(chat, b"\0" * 100_000, token="x"), "/photos", "post", 413)
    check(upload(chat, a_photo()[:1000], token="x"), "/photos", "post", 401)


@pytest.mark.parametrize("photos", ["x", [], ["x"], [5], [str(uuid.UUID(int=n)) for n in range(6)], {"a": 1}])
def test_a_message_has_one_to_five_photos(chat, photos):
    body = {"client_id": str(uuid.uuid4()), "photos": photos}
    check(chat.call("POST", "messages", body), "/messages", "post", 400)


def test_too_many_photos_are_refused_for_a_while(chat):
    answers = [upload(chat, b"no photo") for _ in range(21)]
    assert {answer.status for answer in answers[:20]} == {400}
    check(answers[20], "/photos", "post", 429)


def test_the_team_sees_it_and_it_is_journalled_and_erased(bot, chat):
    word = new_word()
    chat.say(f"mon colis est arrivé écrasé {word}")
    photo = upload(chat, a_photo()).json["id"]
    send(chat, photo)
    # A piece short enough to be on one page of SQLite's file.
    piece = chat.call("GET", f"photos/{photo}").raw[5000:5064]
    assert files_with(bot.folder, piece), "otherwise the test would find nothing"
    console = ConsoleClient.signed_in(bot, "manage")
    wait_for(lambda: len(threads_in(console.get(f"?q={word}").raw)), equal_to=1)
    [thread] = threads_in(console.get(f"?q={word}").raw)
    wait_for(lambda: f"/console/photos/{photo}" in console.get(f"conversations/{thread}/").raw.decode())
    seen = console.get(f"photos/{photo}")
    assert (seen.status, seen.headers["content-type"]) == (200, "image/jpeg")
    assert seen.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "no-store" in seen.headers["cache-control"]
    assert "a ouvert une photo du client" in console.get("journal/").raw.decode()
    assert b"JFIF" not in ConsoleClient(bot.web_url).get(f"photos/{photo}").raw
    console.post(f"conversations/{thread}/effacer")
    assert console.get(f"photos/{photo}").status == 404
    wait_for(lambda: files_with(bot.folder, piece), equal_to=[])
