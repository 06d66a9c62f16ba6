"""What the processes reveal to anyone who reaches them: headers, metrics, errors, logs; and the proxy's limits."""

import os
import socket
import ssl
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness import nginx
from harness.chat_client import Answer, ChatClient
from harness.processes import free_port, wait_for

pytestmark = pytest.mark.processes

SECRETS = ("SECRET_KEY", "BOT_SECRET")
ORDER, EMAIL = "PX48207264", "camille.durand@example.com"


def ask(url, body=None, method=None, context=None, **headers):
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20, context=context) as answer:
            return Answer(answer.status, lower(answer.headers), answer.read())
    except urllib.error.HTTPError as fault:
        return Answer(fault.code, lower(fault.headers), fault.read())


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}


@pytest.fixture(scope="module")
def talked(bot):
    """A conversation with an order, an e-mail and words that must not appear elsewhere."""
    chat = ChatClient(bot.web_url).open()
    chat.say(f"mon secretissime colis {ORDER} {EMAIL}")
    return chat


@pytest.mark.parametrize("path", ["/", "/contact", "/vie-privee", "/console/connexion/", "/admin/login/", "/x"])
def test_a_page_runs_loads_and_is_framed_by_nothing_of_others(bot, path):
    headers = ask(bot.web_url + path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "conversations", 201), ("GET", "messages", 401), ("PUT", "messages", 405), ("GET", "nowhere", 404),
        ("GET", "transcript.txt", 401), ("GET", "stream", 401),
    ],
)  # fmt: skip
def test_no_answer_of_the_chat_is_kept_or_taken_for_a_page(bot, method, path, status):
    answer = ask(f"{bot.web_url}/chat/v1/{path}", method=method)
    assert answer.status == status
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "application/json"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/chat/v1/messages", "/", "/console/connexion/"])
def test_another_sites_name_is_refused(bot, path):
    """A DNS rebinding attack uses another host name. Such requests must not fill the log either."""
    before = bot.log("web").read_text()
    assert ask(bot.web_url + path, Host="evil.example").status == 400
    assert bot.log("web").read_text() == before


def test_metrics_count_and_name_nobody(bot, talked):
    conversation = talked.token.split(":")[0]
    for url in (f"{bot.web_url}/metrics", f"{bot.env['RASA_URL']}/webhooks/chat/metrics"):
        text = ask(url).raw.decode()
        assert "# HELP" in text
        for piece in (ORDER, EMAIL, "secretissime", conversation, "127.0.0.1"):
            assert piece not in text, url


def test_no_log_and_no_refusal_holds_a_secret(bot, talked):
    refusals = [ask(f"{bot.env['RASA_URL']}/webhooks/chat/messages", b"{}", Authorization="Bearer x").raw.decode()]
    logs = [bot.log(name).read_text() for name in bot.names]
    for text in (*refusals, *logs):
        for name in SECRETS:
            assert os.environ[name] not in text


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """nginx without a web process: it refuses these requests before it would need one."""
    if not nginx.installed():
        pytest.skip("nginx is not installed (Debian: nginx)")
    folder = tmp_path_factory.mktemp("proxy")
    with nginx.before([str(free_port())], folder, CHAT_REQUESTS_A_SECOND="1", CHAT_BURST="2") as proxy:
        yield proxy


def through(proxy, path, body=None):
    return ask(proxy.url + path, body, context=ssl.create_default_context(cafile=proxy.certificate))


def test_an_address_that_asks_too_often_is_rate_limited(proxy):
    answers = [through(proxy, "/chat/v1/messages") for _ in range(10)]
    assert {answer.status for answer in answers} == {503, 429}
    refused = next(answer for answer in answers if answer.status == 429)
    assert int(refused.headers["retry-after"]) > 0
    assert "Réessayez" in refused.json["message"]


def test_the_proxy_wants_tls_and_says_nothing_of_itself(proxy):
    answer = through(proxy, "/chat/v1/messages")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["server"] == "nginx"
    old = only_old_tls(ssl.create_default_context(cafile=proxy.certificate))
    with server_of_old_tls(proxy) as port:
        assert handshake(port, old) == "TLSv1.1"  # a server that accepts TLS 1.1 is reached
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        handshake(urlsplit(proxy.url).port, old)


def only_old_tls(context):
    """Allow only old TLS in this context, which Python and OpenSSL refuse by default."""
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


@contextmanager
def server_of_old_tls(proxy):
    context = only_old_tls(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    context.load_cert_chain(proxy.certificate, Path(proxy.certificate).with_name("privkey.pem"))
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        pool.submit(lambda: context.wrap_socket(server.accept()[0], server_side=True).close())
        yield server.getsockname()[1]


def handshake(port, context):
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    with context.wrap_socket(line, server_hostname="127.0.0.1") as tls:
        return tls.version()


def test_the_proxys_log_holds_no_address_and_no_query(proxy):
    through(proxy, f"/console/?q={EMAIL}")
    through(proxy, "/chat/v1/messages?after=secretissime")
    # nginx logs a request after it has sent the response.
    wait_for(lambda: len(proxy.log.read_text().splitlines()) >= 2)
    log = proxy.log.read_text()
    assert "/console/" in log
    assert EMAIL not in log
    assert "secretissime" not in log
    assert "127.0.0.1" not in log
