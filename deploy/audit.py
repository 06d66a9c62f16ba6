"""`make audit`: compares the advisories of the locked packages with docs/advisories.yml.

pip-audit reports success even if it could not check a package; here that is a failure.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [
    *(f"requirements/{name}.lock" for name in ("runtime", "dev", "tensorflow", "node", "uv")),
    "deploy/images/web.lock",
]
Package = dict[str, Any]


class Accepted(NamedTuple):
    package: str
    version: str
    id: str


def accepted() -> set[Accepted]:
    listed = yaml.safe_load((ROOT / "docs" / "advisories.yml").read_text())["accepted"]
    return {Accepted(of["package"], of["version"], one["id"]) for of in listed for one in of["advisories"]}


def faults(packages: list[Package], listed: set[Accepted]) -> list[str]:
    """One line for each unchecked package, each unlisted advisory, and each listed advisory that no longer applies."""
    skipped = [f"{package['name']} ({package['skip_reason']})" for package in packages if "skip_reason" in package]
    lines = [f"not audited: {len(skipped)} packages, as {skipped[0]}"] if skipped else []
    met: set[Accepted] = set()
    for package in packages:
        for advisory in package.get("vulns", []):
            names = {Accepted(package["name"], package["version"], id) for id in (advisory["id"], *advisory["aliases"])}
            met |= names & listed
            if not names & listed:
                fixed = ", ".join(advisory["fix_versions"]) or "no version"
                lines.append(f"not accepted: {package['name']} {package['version']} {advisory['id']}, fixed in {fixed}")
    # An advisory of an unchecked package may still apply.
    checked = {package["name"] for package in packages if "skip_reason" not in package}
    return lines + [f"no longer applies: {' '.join(one)}" for one in sorted(listed - met) if one.package in checked]


def report(tool: str) -> list[Package]:
    """pip-audit's report on every locked package. Exits if pip-audit fails."""
    packages: list[Package] = []
    for lock in LOCKS:
        command = [tool, "-r", lock, "--require-hashes", "--disable-pip", "-f", "json", "--progress-spinner", "off"]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        # Exit code 1: it found advisories, and reported them.
        if run.returncode not in (0, 1) or not run.stdout:
            sys.exit(f"pip-audit could not audit {lock}: {run.stderr.strip().splitlines()[-1]}")
        packages += json.loads(run.stdout)["dependencies"]
    return packages


if __name__ == "__main__":
    found = faults(report(sys.argv[1]), accepted())
    sys.exit("\n".join(found) or 0)
