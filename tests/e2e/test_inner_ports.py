"""The inner port: Rasa's own HTTP API is not served."""

import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "conversations/x/tracker"), ("POST", "conversations/x/tracker/events"), ("GET", "domain"),
        ("POST", "model/parse"), ("PUT", "model"), ("DELETE", "model"), ("POST", "model/train"), ("GET", "status"),
        ("POST", "conversations/x/trigger_intent"),
    ],
)  # fmt: skip
def test_rasas_own_http_api_is_not_served(bot, method, path):
    request = urllib.request.Request(f"{bot.env['RASA_URL']}/{path}", b"{}", method=method)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(request, timeout=10)
