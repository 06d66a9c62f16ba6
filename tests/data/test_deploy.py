"""deploy/: one public entry, each process with its own settings, no secret in a file, units that systemd accepts."""

import re
import shutil
import subprocess

import pytest

from chat.api.endpoint import MAX_BODY_BYTES as MAX_CHAT_BYTES
from chat.system_messages import UNAVAILABLE
from chat.uploads import MAX_BYTES as MAX_PHOTO_BYTES
from chat.uploads import PATH as PHOTOS
from harness.checks import assert_none
from harness.deploy_files import DEPLOY, DOCKERFILES, OPEN, README, SERVICES, UNITS, containers, is_ours, of_kind, pods
from harness.project import ROOT
from web import settings_base
from web.page_handler import MAX_BODY_BYTES as MAX_PAGE_BYTES

SECRET = re.compile(r"SECRET|PASSWORD")
# Variables that libraries or Python itself read, or that say where a process listens.
OF_LIBRARIES = {
    "HOME", "NODE", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONWARNINGS", "RASA_TELEMETRY_ENABLED",
    "SQLALCHEMY_SILENCE_UBER_WARNING", "FORWARDED_ALLOW_IPS",
    "WEB_HOST", "RASA_HOST", "RASA_PORT",
}  # fmt: skip
OF_THE_MANIFESTS = {"PUBLIC_HOST", "POD_IP"}


def test_every_proxy_opens_the_same_paths():
    template = (DEPLOY / "nginx" / "pixmania.conf.template").read_text()
    assert set(re.findall(r"location (?:= )?(/\S*) \{", template)) == OPEN | {"/", "/chat/v1/stream", PHOTOS}
    assert "location / { return 404; }" in template
    assert set(body_limits_of_the_cluster()) == OPEN | {PHOTOS}
    assert set(re.findall(r"`(/\S+)`", README.split("\n\n")[1])) == OPEN


def body_limits_of_the_cluster():
    """{path: the largest body} of the minions, which share the master's host."""
    minions = [one for one in of_kind("Ingress") if "http" in one["spec"]["rules"][0]]
    assert {one["spec"]["rules"][0]["host"] for one in of_kind("Ingress")} == {"chat.shop.example"}
    return {
        path["path"]: one["metadata"]["annotations"]["nginx.org/client-max-body-size"]
        for one in minions
        for path in one["spec"]["rules"][0]["http"]["paths"]
    }


def test_every_proxy_has_the_body_limits_of_the_web_process():
    of_chat, of_photos, of_pages = f"{MAX_CHAT_BYTES >> 10}k", f"{MAX_PHOTO_BYTES >> 20}m", f"{MAX_PAGE_BYTES >> 20}m"
    template = (DEPLOY / "nginx" / "pixmania.conf.template").read_text()
    # The first one is the server's; the photos' and the console's locations have their own.
    assert re.findall(r"client_max_body_size (\w+);", template) == [of_chat, of_photos, of_pages]
    limits = body_limits_of_the_cluster()
    assert limits == {path: of_pages if path == "/console/" else of_chat for path in OPEN} | {PHOTOS: of_photos}


def test_the_proxy_uses_the_chats_own_message_when_the_chat_is_unavailable():
    template = (DEPLOY / "nginx" / "pixmania.conf.template").read_text()
    assert f'"message": "{UNAVAILABLE}"' in template


def test_no_file_of_deploy_contains_a_secret():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name in {"SECRET_KEY", "BOT_SECRET", "POSTGRES_PASSWORD"}:
                assert re.fullmatch(r"\$\{\w+:\?\}", value), f"{name}: {value}"
            assert not re.search(r"://\w+:(?!\$\{\w+:\?\})[^@/]+@", str(value)), f"{name}: {value}"
    assert not of_kind("Secret")
    assert not [name for name in settings_of_the_cluster() if SECRET.search(name)]


@pytest.mark.parametrize(("image", "like"), [("web", "web"), ("bot", "bot"), ("worker", "web")])
def test_a_process_gets_the_settings_that_it_requires_and_no_others(image, like):
    """An attacker in one process learns only that process's secrets. For example, the bot lacks the sessions' key."""
    required = required_settings()
    of_all = set.union(*required.values())
    for name, service in SERVICES.items():
        if service["image"].startswith(f"pixmania-{image}:"):
            assert set(service["environment"]) & of_all == required[like], name
    for name, pod in pods():
        for box in containers(pod):
            if box["image"] == f"pixmania-{image}":
                assert [one["secretRef"]["name"] for one in box["envFrom"] if "secretRef" in one] == [like], name
    (in_secret,) = re.findall(rf"secret generic {like} .*# (.+)$", README, re.MULTILINE)
    assert set(in_secret.split()) == required[like]


def required_settings():
    """{image: names} of the table in deploy/README.md."""
    rows = re.findall(r"^\| (web|bot)[\w, ]* \| (`[A-Z_` ]+`) \|", README, re.MULTILINE)
    return {image: set(re.findall(r"\w+", names)) for image, names in rows}


def test_a_unit_reads_the_settings_of_its_own_process():
    for path in UNITS:
        if path.suffix == ".service":
            (file,) = re.findall(r"^EnvironmentFile=(.+)$", path.read_text(), re.MULTILINE)
            assert file == f"/etc/pixmania/{'bot' if '-bot' in path.name else 'web'}.env", path.name


def test_every_variable_is_explained():
    explained = set(re.findall(r"^(?:# )?([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", README, re.MULTILINE)
    in_table = {name for row in rows for name in re.findall(r"\w+", row)}
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", (DEPLOY / "compose.yml").read_text()))
    assert in_table <= asked <= explained | in_table
    assert_none(f".env.example: explain {name}" for name in given() - explained - OF_LIBRARIES - OF_THE_MANIFESTS)


def given():
    """Every variable that deploy/ sets for our processes."""
    found = {name for service in SERVICES.values() if is_ours(service) for name in service.get("environment", {})}
    found |= {entry["name"] for _, pod in pods() for box in containers(pod) for entry in box.get("env", [])}
    found |= set(settings_of_the_cluster())
    units = [*UNITS, *(DEPLOY / "systemd").glob("*.d/*")]
    lines = [line for path in units for line in re.findall(r"^Environment=(.+)$", path.read_text(), re.MULTILINE)]
    for path in DOCKERFILES:
        lines += re.findall(r"^ENV (.+)$", path.read_text().replace("\\\n", ""), re.MULTILINE)
    return found | {name for line in lines for name in re.findall(r"(\w+)=", line)}


def settings_of_the_cluster():
    return {name: value for one in of_kind("ConfigMap") for name, value in one["data"].items()}


@pytest.mark.parametrize(
    ("service", "sources"),
    {
        "web": ["web/settings_base.py", "web/settings.py"],
        "bot-1": ["web/settings_base.py", *(str(path) for path in ROOT.glob("bot/*.py"))],
    }.items(),
)
def test_every_setting_that_a_process_reads_can_reach_it(service, sources):
    """Of the three deployments, only Compose must list each setting."""
    code = "\n".join((ROOT / path).read_text() for path in sources)
    read = set(re.findall(r"""(?:environ\.get|secret|replaced_secrets)\("([A-Z_0-9]+)\"""", code)) - OF_LIBRARIES
    assert {"BOT_SECRET_FALLBACKS", "LOOKUP_LIMIT_ALL", "QUIET_MINUTES"} <= read
    assert_none(f"compose.yml: give {name} to {service}" for name in read - set(SERVICES[service]["environment"]))


def test_web_and_bot_share_the_settings_of_both():
    (shared,) = [one["data"] for one in of_kind("ConfigMap") if one["metadata"]["name"] == "shared"]
    for _, pod in pods():
        for box in containers(pod):
            if box["image"] in ("pixmania-web", "pixmania-bot", "pixmania-worker"):
                assert {"configMapRef": {"name": "shared"}} in box["envFrom"]
    assert shared == {name: str(getattr(settings_base, name)).removesuffix(".0") for name in shared}


@pytest.fixture
def units(tmp_path, monkeypatch):
    """Copies of the units, with the project where they expect it."""
    monkeypatch.setenv("SYSTEMD_UNIT_PATH", f"{tmp_path}:")
    for path in [*UNITS, *(DEPLOY / "systemd").glob("*.d/*")]:
        copy = tmp_path / path.relative_to(DEPLOY / "systemd")
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text().replace("/opt/pixmania", str(ROOT)))
    return [str(tmp_path / path.name.replace("@.", "@8000.")) for path in UNITS]


def analyze(*arguments):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed (Debian: systemd)")
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_systemd_understands_the_units(units):
    assert analyze("verify", "--man=no", *units) == (0, "")


def test_systemd_calls_the_services_safe(units):
    """The scale is 0 to 100; a service without any protection scores 96."""
    for unit in units:
        if unit.endswith(".service"):
            status, told = analyze("security", "--offline=true", "--threshold=20", "--no-pager", unit)
            assert status == 0, told
