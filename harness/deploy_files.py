"""Reads the files of deploy/, for tests."""

import yaml

from harness.project import ROOT, read

DEPLOY = ROOT / "deploy"
README = (DEPLOY / "README.md").read_text()
COMPOSE = read(DEPLOY / "compose.yml")
SERVICES = COMPOSE["services"]
MANIFESTS = sorted(path for path in (DEPLOY / "kubernetes").glob("*.yml") if path.stem != "kustomization")
RESOURCES = [resource for path in MANIFESTS for resource in yaml.safe_load_all(path.read_text())]
UNITS = sorted(path for path in (DEPLOY / "systemd").glob("pixmania*") if path.is_file())
DOCKERFILES = sorted((DEPLOY / "images").glob("*.Dockerfile"))
# The paths that are open to the internet.
OPEN = {"/chat/v1/", "/widget.js", "/widget/", "/static/", "/console/"}


def of_kind(kind):
    return [resource for resource in RESOURCES if resource["kind"] == kind]


def pods():
    """(name, pod specification) of every resource with pods."""
    for resource in RESOURCES:
        spec = resource.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield resource["metadata"]["name"], spec["template"]["spec"]


def containers(pod):
    return pod["containers"] + pod.get("initContainers", [])


def is_ours(service):
    return service["image"].startswith("pixmania-")
