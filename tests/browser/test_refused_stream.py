"""If a proxy or a filter refuses the stream, in any of several ways, the widget polls within a second."""

import socket
import subprocess
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from harness.nginx import MAIN, installed
from harness.processes import free_port, wait_for

pytestmark = pytest.mark.processes
SITE = """
    access_log off;
    server {{
        listen 127.0.0.1:{port};
        location /chat/v1/stream {{ {refusal} }}
        location / {{ proxy_pass http://127.0.0.1:{web}; proxy_set_header Host 127.0.0.1:{port}; }}
    }}"""
PAGE = "<h1>Filtered</h1>"
REFUSALS = {
    "forbidden": "return 403;",
    "not found": "return 404;",
    "sign-in of a network": "return 401;",
    "bad gateway": "return 502;",
    "unavailable": "return 503;",
    "aborted": "return 444;",
    "a page": f"default_type text/html; return 200 '{PAGE}';",
    "another type": "default_type application/json; return 200 '{}';",
    "an empty stream": "default_type text/event-stream; return 200 '';",
    "a page called a stream": f"default_type text/event-stream; return 200 '{PAGE}';",
}
# The objective is one second; a loaded machine may need longer.
POLLED_MS = 3_000


@contextmanager
def filtered(web_port, refusal, folder):
    """The URL of nginx before the web process."""
    port = free_port()
    site = SITE.format(port=port, web=web_port, refusal=refusal)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, site=site))
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        wait_for(lambda: answers(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def is_poll(request):
    return "/messages?" in request.url


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_the_answer_comes_by_polling(bot, customers, tmp_path, refusal):
    if not installed():
        pytest.skip("nginx is not installed (Debian: nginx)")
    with filtered(bot.env["WEB_PORT"], refusal, tmp_path) as url:
        customer = customers(url)
        customer.open()
        page = customer.page
        with page.expect_request(lambda one: "/stream" in one.url) as refused, page.expect_request(is_poll) as polled:
            customer.write("où est mon colis ?")
        waited = polled.value.timing["startTime"] - refused.value.timing["startTime"]
        assert waited < POLLED_MS
        customer.wait_for_answer_to("où est mon colis ?")
        customer.say("et ma facture ?")
        expect(customer.page.locator(".banner")).to_have_text("")
        streams = [one for one in customer.requests if "/stream" in one]
        assert len(streams) == 1, "a refused stream is not asked for again and again"


def test_the_stream_is_tried_again_later(bot, customers):
    customer = customers(bot.web_url)
    customer.page.clock.install()
    customer.open()
    customer.page.route("**/chat/v1/stream*", lambda route: route.fulfill(status=403))
    customer.say("bonjour")
    customer.page.unroute("**/chat/v1/stream*")
    with customer.page.expect_response(lambda one: "/stream" in one.url and one.status == 200, timeout=60_000):
        customer.page.clock.fast_forward("02:00")
        customer.write("merci")
