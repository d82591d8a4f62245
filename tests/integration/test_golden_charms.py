# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The test charms of `ops`, packed by our tool and driven by their own integration tests.

The source distribution comes from PyPI the first time and lies in `.cache/golden` from then on.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "golden"
SUITES = ("test_hookcmds.py", "test_relation.py", "test_secrets.py")
# What cannot pass here, and why.
CANNOT = {
    "test_juju_reboot_queues_reboot": "compares /proc/uptime, which is this host's: our machines "
    "are directories and processes, and a reboot ends the processes",
}
# What of theirs is not run here at all, and why.
LEFT_OUT = {
    "test/integration/test_tracing.py": "looks at spans in a Tempo on Kubernetes, through kubectl",
    "test/charms/test_main": "has no charmcraft.yaml: their unit tests call its main",
    "test/charms/test_smoke": "has no charmcraft.yaml: their release workflow writes one for it",
    "test/charms/test_tracing": "is the charm of test_tracing.py",
}
CHARMCRAFT = """\
#!/bin/sh
cd {root} && exec {python} -m tools.pack "$OLDPWD"
"""


def version() -> str:
    """The ops that our own charms use."""
    return importlib.metadata.version("ops")


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Path:
    """A fresh copy of the source distribution."""
    archive = CACHE / f"ops-{version()}.tar.gz"
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["uv", "tool", "run", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", "ops", f"ops=={version()}", "--dest", str(CACHE)]
        subprocess.run(command, check=True, timeout=300)
    target = tmp_path_factory.mktemp("golden")
    with tarfile.open(archive) as opened:
        opened.extractall(target, filter="data")
    return target / f"ops-{version()}"


@pytest.fixture(scope="module")
def programs(tmp_path_factory, charm, juju_binary) -> dict[str, str]:
    """The environment in which `charmcraft` is our packer, and `juju` the one under test."""
    directory = tmp_path_factory.mktemp("bin")
    (directory / "juju").symlink_to(juju_binary)
    charmcraft = directory / "charmcraft"
    charmcraft.write_text(CHARMCRAFT.format(root=ROOT, python=sys.executable))
    charmcraft.chmod(0o755)
    path = f"{directory}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {
        **os.environ,
        "PATH": path,
        "PYTHONPATH": str(ROOT / "tests" / "integration"),
        "GOLDEN_ANY_CHARM": str(charm("any")),
        # The rest of their workspace is not in this distribution.
        "UV_NO_SOURCES_PACKAGE": "ops-scenario ops-tracing",
    }


def test_everything_of_theirs_is_run_or_left_out_for_a_reason(sources):
    found = {str(p.relative_to(sources)) for p in sources.glob("test/integration/test_*.py")}
    found |= {
        str(p.parent.parent.relative_to(sources))
        for p in sources.glob("test/charms/*/src/charm.py")
    }
    run = {f"test/integration/{suite}" for suite in SUITES}
    run |= {f"test/charms/{suite.removesuffix('.py')}" for suite in SUITES}
    assert found == run | LEFT_OUT.keys()


@pytest.mark.parametrize("suite", SUITES)
def test_their_own_suite_passes(suite, sources, programs, engine, tmp_path):
    report = tmp_path / "report.xml"
    uv = shutil.which("uv", path=programs["PATH"])
    assert uv
    wanted = [f"jubilant=={importlib.metadata.version('jubilant')}", "minio", f"ops=={version()}"]
    command = [uv, "run", "--quiet", "--no-project", "--python", sys.executable]
    command += [word for package in wanted for word in ("--with", package)]
    command += ["--with", "pytest", "python", "-m", "pytest", "-p", "golden.plugin", "--quiet"]
    command += ["--override-ini=addopts=", f"--junit-xml={report}", f"test/integration/{suite}"]
    done = subprocess.run(
        command, cwd=sources, env=programs, capture_output=True, text=True, timeout=900
    )
    assert report.exists(), done.stdout + done.stderr
    outcomes = read(report)
    wrong = {n for n, outcome in outcomes.items() if outcome != "passed"}
    print("\n".join(f"{outcome}: {n}" for n, outcome in outcomes.items()))
    assert wrong == CANNOT.keys() & outcomes.keys(), done.stdout[-6000:] + done.stderr[-2000:]
    assert outcomes


def read(report: Path) -> dict[str, str]:
    """How each test of a JUnit report ended."""
    return {
        case.attrib["name"]: case[0].tag if len(case) and case[0].tag != "properties" else "passed"
        for case in ElementTree.parse(report).iter("testcase")
    }
