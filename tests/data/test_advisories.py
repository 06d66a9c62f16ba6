"""The list of accepted advisories is complete and matches the locks; `make audit` asks the registries for new ones."""

import re

import pytest

from deploy import audit
from harness.project import ROOT, read

LIST = read(ROOT / "docs" / "advisories.yml")
IDS = [one["id"] for package in LIST["accepted"] for one in package["advisories"]]
LISTED = {audit.Accepted("aiohttp", "3.9.5", "CVE-2025-1")}


def package(*advisories, version="3.9.5", **fields):
    return {"name": "aiohttp", "version": version, "vulns": list(advisories)} | fields


def advisory(name, *aliases):
    return {"id": name, "aliases": list(aliases), "fix_versions": ["4.0"]}


@pytest.mark.parametrize("entry", LIST["accepted"], ids=lambda entry: entry["package"])
def test_an_entry_says_all_and_is_of_the_version_that_is_locked(entry):
    assert set(entry) == {"package", "version", "lock", "use", "ends", "advisories"}
    assert all(isinstance(entry[field], str) and entry[field] for field in ("use", "ends"))
    for one in entry["advisories"]:
        assert set(one) == {"id", "what", "why_accepted"}
        assert all(isinstance(text, str) and text for text in one.values()), one
        assert re.fullmatch(r"CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+", one["id"])
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / entry["lock"]).read_text(), re.MULTILINE))
    assert locked.get(entry["package"]) == entry["version"], "another version is locked: check its advisories again"


def test_no_advisory_and_no_package_is_listed_twice():
    packages = [entry["package"] for entry in LIST["accepted"]]
    assert len(set(packages)) == len(packages)
    assert len(set(IDS)) == len(IDS)


def test_the_files_that_a_reason_names_are_there():
    text = (ROOT / "docs" / "advisories.yml").read_text()
    for name in re.findall(r"\b(?:actions|bot|chat|shop|tests|web)/[\w/]+\.\w+", text):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize(
    ("packages", "begin"),
    [
        ([package(advisory("PYSEC-2025-7", "CVE-2025-1"))], []),
        ([package(advisory("CVE-2025-1"), advisory("CVE-2025-2"))], ["not accepted: aiohttp 3.9.5 CVE-2025-2"]),
        ([package(advisory("CVE-2025-1"), version="4.0")], ["not accepted: aiohttp 4.0", "no longer applies"]),
        ([package()], ["no longer applies: aiohttp 3.9.5 CVE-2025-1"]),
        ([package(skip_reason="not found")], ["not audited: 1 packages, as aiohttp (not found)"]),
    ],
)
def test_the_audit_takes_what_is_listed_and_nothing_else(packages, begin):
    found = audit.faults(packages, LISTED)
    assert len(found) == len(begin)
    assert all(line.startswith(expected) for line, expected in zip(found, begin, strict=True)), found
