"""deploy/kubernetes/: valid by Kubernetes' own schemas, and no pod has more rights than it needs."""

import kubernetes_validate
import pytest

from harness.deploy_files import DEPLOY, MANIFESTS, RESOURCES, containers, pods
from harness.project import read

# The newest schemas that are compatible with Rasa's jsonschema.
VERSION = "1.28"


def name_of(resource):
    return f"{resource['kind']}-{resource['metadata']['name']}"


@pytest.mark.parametrize("resource", RESOURCES, ids=name_of)
def test_a_manifest_is_what_kubernetes_understands(resource):
    kubernetes_validate.validate(resource, VERSION, strict=True)


def test_the_schemas_refuse_what_kubernetes_does_not_know():
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"prots": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_every_manifest_is_applied():
    kustomization = read(DEPLOY / "kubernetes" / "kustomization.yml")
    assert sorted(kustomization["resources"]) == [path.name for path in MANIFESTS]
    used = {box["image"] for _, pod in pods() for box in containers(pod)}
    assert used == {image["name"] for image in kustomization["images"]}


@pytest.mark.parametrize(("name", "pod"), pods(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_pod_has_no_rights_that_it_does_not_need(name, pod):
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    # Otherwise Kubernetes would set RASA_PORT and similar variables to addresses.
    assert pod["enableServiceLinks"] is False
    for box in containers(pod):
        rights = box["securityContext"]
        assert rights["readOnlyRootFilesystem"]
        assert rights["allowPrivilegeEscalation"] is False
        assert rights["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in box["resources"]["limits"]
