"""The proxy in front of web processes that hang or fail: its retries and time limits."""

import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chat.system_messages import UNAVAILABLE
from harness import nginx
from harness.deploy_files import README

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not nginx.installed(), reason="nginx is not installed (Debian: nginx)"),
]
MESSAGES, BODY = "/chat/v1/messages", b'{"text": "bonjour"}'


class Web(BaseHTTPRequestHandler):
    """A web process that accepts posts. With `breaks`, it closes the connection without a response."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.command, self.path, body))
        if not self.server.breaks:
            self.send_response(202)
            self.end_headers()

    def log_message(self, *_):
        """Write no log."""


@contextmanager
def web(breaks=False):
    with ThreadingHTTPServer(("127.0.0.1", 0), Web) as server:
        server.asked, server.breaks = [], breaks
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def hanging():
    """Like a suspended process: its port accepts connections, but nothing answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def before(servers, folder):
    ports = [getattr(server, "socket", server).getsockname()[1] for server in servers]
    return nginx.before(ports, folder)


def ask(proxy, path, body=None, method=None, timeout=30.0, address=""):
    """(status, body, seconds)"""
    request = urllib.request.Request(proxy.url + path, body, {"X-Address": address}, method=method)
    context, begun = ssl.create_default_context(cafile=proxy.certificate), time.monotonic()
    try:
        with urllib.request.urlopen(request, context=context, timeout=timeout) as answer:
            return answer.status, answer.read().decode(), time.monotonic() - begun
    except urllib.error.HTTPError as fault:
        return fault.code, fault.read().decode(), time.monotonic() - begun


def test_the_proxy_sends_a_message_to_the_other_web_process_if_one_hangs(hanging, tmp_path):
    with web() as living, before([hanging, living], tmp_path) as proxy:
        status, _, seconds = ask(proxy, f"{MESSAGES}?x=1", BODY)
    assert hanging.accept()
    assert living.asked == [("POST", f"{MESSAGES}?x=1", BODY)]
    assert status == 202
    # A healthy web process may wait 5 s for its database. For reads, the proxy would wait 40 s.
    assert 5 < seconds < 20


def test_when_all_hang_a_post_fails_soon_and_a_read_keeps_waiting(hanging, tmp_path):
    with ThreadPoolExecutor() as pool:
        with before([hanging], tmp_path) as proxy:
            reader = pool.submit(ask, proxy, f"{MESSAGES}?after=0&wait=25")
            with hanging.accept()[0]:  # the reader connects first
                writers = [pool.submit(ask, proxy, MESSAGES, BODY), pool.submit(ask, proxy, MESSAGES, method="OPTIONS")]
                for status, answer, _ in (writer.result() for writer in writers):
                    assert (status, UNAVAILABLE in answer) == (503, True)
                assert not reader.done()
        assert reader.result()[0] == 503  # the connection to the web process was closed


def test_every_proxy_has_the_same_time_limit_for_a_web_process():
    """deploy/compose.yml sets it; this test uses that value."""
    servers = re.search(r"WEB_SERVERS='(.+)'", README).group(1)
    assert re.sub(r":\d+", "", servers) == " ".join([f"server 127.0.0.1 {nginx.GIVEN_UP};"] * 2)


@pytest.mark.parametrize(("path", "status", "times"), [(MESSAGES, 202, 1), ("/console/demandes/", 503, 0)])
def test_only_the_chats_calls_are_made_a_second_time(tmp_path, path, status, times):
    with web(breaks=True) as first, web() as second, before([first, second], tmp_path) as proxy:
        assert ask(proxy, path, BODY)[0] == status
    assert len(first.asked) == 1
    assert len(second.asked) == times


def test_an_ipv6_network_is_one_customer_for_the_limits(tmp_path):
    """The test sets the client's address in a header, because the loopback network has only one IPv6 address."""
    of_a_header = "127.0.0.1; set_real_ip_from 127.0.0.1; real_ip_header X-Address"
    limits = {"CHAT_REQUESTS_A_SECOND": "1", "CHAT_BURST": "1"}
    with (
        web() as server,
        nginx.before([server.socket.getsockname()[1]], tmp_path, SERVER_NAME=of_a_header, **limits) as proxy,
    ):
        household = [ask(proxy, MESSAGES, BODY, address=f"2001:db8:a0a:1::{n}")[0] for n in range(14)]
        neighbours = ["2001:db8:a0a:2::1", "2001:db8:a0a:3::1", "192.0.2.1", "192.0.2.2"]
        assert {ask(proxy, MESSAGES, BODY, address=address)[0] for address in neighbours} == {202}
    assert household[:2] == [202, 202]
    assert household.count(429) > 8
