"""The inner ports: the action server runs actions for Rasa alone, Rasa's own API is not there, sync shows figures."""

import json
import os
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.processes

# A conversation as Rasa would post it, in which everything is given: a look-up, if it were run.
FORGED = {
    "next_action": "action_look_up",
    "sender_id": "forged",
    "domain": {},
    "tracker": {
        "sender_id": "forged",
        "slots": {"order_number": "PX48207264", "email": "camille.durand@example.com", "topic": "parcel"},
        "latest_message": {"text": "x", "intent": {"name": "look_up"}, "entities": [], "message_id": "1"},
        "events": [],
        "active_loop": {},
        "paused": False,
        "latest_action_name": "action_listen",
    },
}


def post(bot, call=FORGED, **headers):
    request = urllib.request.Request(f"{bot.env['ACTIONS_URL']}/webhook", json.dumps(call).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer x", "Bearer ${ACTIONS_SECRET}", "Basic eDp5", "é".encode().decode("latin-1")]
)
def test_a_forged_conversation_runs_nothing(bot, given):
    status, body = post(bot, **({"Authorization": given} if given else {}))
    assert status == 401
    assert "PX48207264" not in body


def test_rasa_is_served(bot):
    status, body = post(bot, Authorization=f"Bearer {os.environ['ACTIONS_SECRET']}")
    assert status == 200
    assert "PX48207264" in body


def test_also_with_the_secret_a_slot_proves_nothing(bot):
    """Whoever writes the conversation says that everything was checked; the e-mail is another customer's."""
    orders = {entry["label"]: entry for entry in json.loads(bot.manage("demo", "--json"))}
    order, email = orders["pending"], orders["cancelled"]["email"]
    slots = {"order_number": order["number"], "email": email, "lookup_question": "where_is_parcel/where"}
    slots |= {"verified": True}
    tracker = FORGED["tracker"] | {"slots": slots}
    status, body = post(bot, FORGED | {"tracker": tracker}, Authorization=f"Bearer {os.environ['ACTIONS_SECRET']}")
    assert status == 200
    assert "utter_no_match_" in body
    for piece in (order["product"], order["last_name"], order["city"]):
        assert piece not in body


def test_its_health_is_open_and_its_list_of_actions_is_not(bot):
    with urllib.request.urlopen(f"{bot.env['ACTIONS_URL']}/health", timeout=10) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{bot.env['ACTIONS_URL']}/actions", timeout=10)


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


@pytest.mark.parametrize("path", ["", "x", "healthz/", "metrics/x", "console/", "../manage.py"])
def test_the_worker_shows_its_health_and_its_figures_only(bot, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{bot.sync_url}/{path}", timeout=10)


def test_the_worker_takes_nothing_in(bot):
    with pytest.raises(urllib.error.HTTPError, match="501"):
        urllib.request.urlopen(f"{bot.sync_url}/healthz", b"{}", timeout=10)
