"""deploy/compose.yml: no service has more rights or network access than it needs."""

import re

import pytest

from harness.deploy_files import COMPOSE, SERVICES, is_ours


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_rights_that_it_does_not_need(name):
    service = SERVICES[name]
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    once = service["restart"] == "no"
    assert once or service["restart"] == "unless-stopped"
    assert once != ("healthcheck" in service)
    assert ("ports" in service) == (name == "proxy")
    assert ("front" in service["networks"]) == (name in {"proxy", "web"})
    assert is_ours(service) or re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$", service["image"]), service["image"]


def test_internal_services_have_a_network_without_external_access():
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert "back" not in SERVICES["proxy"]["networks"]


def test_every_process_that_the_web_process_asks_is_a_service():
    hosts = re.findall(r"//([\w-]+):", SERVICES["web"]["environment"]["RASA_URL"])
    assert set(hosts) == {name for name, service in SERVICES.items() if "pixmania-bot" in service["image"]}
    assert len(hosts) == 2
