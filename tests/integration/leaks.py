# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where the secrets of a deployment lie: every file, log, databag, argument list, environment."""

from __future__ import annotations

import dataclasses
import fnmatch
import json
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jubilant
import psutil

# What in a secret is to be kept, and what may be known. A key that is in neither fails the search:
# whoever adds one says which it is.
HIDDEN = {
    *("password", "private-key", "root-private-key", "secret", "old", "token", "key"),
    *("hashed", "accounts", "passwords", "retired", "signing-key", "secret-key", "backup-key"),
}
KNOWN = {
    *(
        "username",
        "user",
        "tls",
        "tls-ca",
        "endpoints",
        "bootstrap-server",
        "consumer-group-prefix",
    ),
    *("csr", "certificate", "ca-certificate", "rotation", "generation", "fingerprint", "uris"),
    *("read-only-endpoints", "consumer-group-prefix", "access-key", "access", "until"),
}
# The files that must hold a secret, below the machine's root; each is private to its owner.
PLACES = (
    # What each workload is told, and its keys.
    "var/lib/juju/agents/unit-*/workload/etc/*",
    # Credentials that Spark hands from the driver to executors on their way.
    "var/lib/juju/agents/unit-spark-*/workload/work/*",
    "var/lib/juju/agents/unit-spark-*/workload/tmp/*",
    # Who copies day2's journal to the object store works with the store's keys.
    "var/lib/juju/agents/unit-day2-*/workload/control/keeper.json",
    # A job of a verb is told what it needs, and forgets it when it has ended.
    "var/lib/juju/agents/unit-*/workload/run/jobs/*/ticket.json",
)


# Spark's worker gives an executor the secret so, and by no other way; only the user of both, and
# root, can read it.
VARIABLES = ("_SPARK_AUTH_SECRET",)


@dataclasses.dataclass(frozen=True)
class Leak:
    """A secret where it should not be: its name, never its value."""

    secret: str
    place: str


def secrets(model: jubilant.Juju) -> dict[str, str]:
    """Every value that is to be kept, by a name for people.

    Raises:
        AssertionError: a secret has a key of which it is not known whether it is to be kept.
    """
    found: dict[str, str] = {}
    listed = json.loads(model.cli("secrets", "--format", "json"))
    for uri in listed:
        shown = json.loads(model.cli("show-secret", uri, "--reveal", "--format", "json"))
        told = next(iter(shown.values()))
        label = told.get("label") or told.get("name") or uri
        content = told["content"]["Data"] if "Data" in told["content"] else told["content"]
        for key, value in content.items():
            # The keys of an object store are called after whom they are for.
            kind = key.rpartition("-")[2] if key not in HIDDEN | KNOWN else key
            assert kind in HIDDEN | KNOWN, f"Is {key!r} of the secret {label} to be kept? Say so."
            if kind in HIDDEN:
                found.update(_values(f"{label} ({uri}): {key}", value))
    return found


def _values(name: str, text: str) -> Iterator[tuple[str, str]]:
    """The value, or those within it that are to be kept when it is JSON."""
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if not isinstance(value, dict):
        # The middle of a key is as telling as all of it, and is one line wherever it stands.
        lines = [line for line in text.splitlines() if not line.startswith("-----")]
        yield name, lines[len(lines) // 2] if lines else text
        return
    yield from _within(name, value, every=name.endswith("passwords"))


def _within(name: str, value: Mapping[str, Any], every: bool) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        if isinstance(item, dict):
            if key in KNOWN:
                continue
            yield from _within(f"{name}.{key}", item, every or key == "retired")
        elif isinstance(item, str) and (every or key in HIDDEN):
            yield f"{name}.{key}", item


def leaks(model: jubilant.Juju, home: Path, more: Mapping[str, str] | None = None) -> list[Leak]:
    """Every secret that lies where it should not.

    Args:
        model: the deployment.
        home: the engine's root, below which all machines lie.
        more: secrets that the model does not keep any more, by name.
    """
    known = {**(more or {}), **secrets(model)}
    hidden = {name: text for name, text in known.items() if len(text) > 7}
    assert len(hidden) > 5, "a deployment has secrets, and they can be read"
    uuid = model.show_model().model_uuid
    return [*_in_files(home, hidden), *_in_databags(model, hidden), *_in_processes(uuid, hidden)]


def _in_files(home: Path, hidden: Mapping[str, str]) -> Iterator[Leak]:
    with tempfile.NamedTemporaryFile("w") as patterns:
        patterns.write("\n".join(dict.fromkeys(hidden.values())))
        patterns.flush()
        command = ["grep", "-rlaF", "-D", "skip", "-f", patterns.name, str(home)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    for path in map(Path, done.stdout.splitlines()):
        place = str(path.relative_to(home))
        # The engine keeps the secrets themselves, as a controller does.
        if place.startswith("onebox.sqlite"):
            continue
        _, _, inside = place.partition("/machines/")
        expected = any(fnmatch.fnmatch(inside.partition("/")[2], each) for each in PLACES)
        try:
            mode, text = path.stat().st_mode, path.read_bytes().decode(errors="replace")
        except FileNotFoundError:
            continue  # A model that runs keeps tidying up.
        if expected and (not mode & (stat.S_IRWXG | stat.S_IRWXO) or _shut(path, home)):
            continue
        for name, value in hidden.items():
            if value in text:
                yield Leak(name, f"{place} (mode {mode & 0o777:o})")


def _shut(path: Path, home: Path) -> bool:
    """Whether a directory on the way lets nobody else in."""
    between = [each for each in path.parents if home in each.parents]
    return any(not each.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH) for each in between)


def _in_databags(model: jubilant.Juju, hidden: Mapping[str, str]) -> Iterator[Leak]:
    for application in model.status().apps.values():
        for unit in application.units:
            shown = model.cli("show-unit", unit, "--format", "json")
            yield from (
                Leak(name, f"a databag that {unit} sees")
                for name, value in hidden.items()
                if json.dumps(value)[1:-1] in shown or value in shown
            )


def _in_processes(uuid: str, hidden: Mapping[str, str]) -> Iterator[Leak]:
    for process in psutil.process_iter():
        try:
            environment, command = process.environ(), "\0".join(process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
        if uuid not in environment.get("JUJU_MODEL_UUID", ""):
            continue
        unit = environment.get("JUJU_UNIT_NAME", "")
        for name, value in hidden.items():
            if value in command:
                yield Leak(name, f"the argument list of process {process.pid} of {unit}")
            # Another user cannot read it, but whoever prints a process's environment can.
            if any(value in text for key, text in environment.items() if key not in VARIABLES):
                yield Leak(name, f"the environment of process {process.pid} of {unit}")
