# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A post-mortem of the whole bundle: everything is in it, in order, and no secret."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import tarfile
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import jubilant
import pytest
import zstandard

from tests.integration import leaks, whole_bundle
from tests.integration.operations import begin, ended
from tests.integration.processes import kill, one_of_unit

pytestmark = pytest.mark.long

UNITS = {
    "certificates/0", "data-access/0", "day2/0", "kafka/0", "kafka/1", "kafka/2", "prometheus/0",
    "results/0", "spark/0",
}  # fmt: skip
# Of the model's secrets, what everybody may know; whatever else they hold must not be found.
PUBLIC = {
    "username", "tls", "tls-ca", "certificate", "ca-certificate", "uris", "consumer-group-prefix",
}  # fmt: skip


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """The bundle, deployed and settled."""
    return whole_bundle.deploy(juju, with_customer=False)


def snapshot(model: jubilant.Juju, target: Path) -> Path:
    """The directory of a new snapshot, taken, fetched as its own line says, and opened."""
    message = ended(model, begin(model, "snapshot"), 300)["message"]
    found = re.search(r"juju scp (\S+:(\S+/snapshot-\d+\.tar\.zst)) \.", message)
    assert found, message
    archive = target / Path(found[2]).name
    model.cli("scp", found[1], str(archive))
    with archive.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw)
        with tarfile.open(fileobj=stream, mode="r|") as opened:
            opened.extractall(target, filter="data")
    return target / archive.name.removesuffix(".tar.zst")


def secrets(model: jubilant.Juju) -> Iterator[tuple[str, str]]:
    """Every secret value of the model, by what it is."""
    for uri in json.loads(model.cli("secrets", "--format", "json") or "{}"):
        shown = json.loads(model.cli("show-secret", uri, "--reveal", "--format", "json"))
        for about in shown.values():
            for key, value in about["content"]["Data"].items():
                if key not in PUBLIC and len(value) >= 8:
                    yield f"{about.get('label', uri)} {key}", value


def spellings(value: str) -> Iterator[bytes]:
    """How a leak would look."""
    text = value.strip()
    yield text.encode()
    yield json.dumps(text)[1:-1].encode()
    yield urllib.parse.quote(text, safe="").encode()
    yield base64.b64encode(text.encode())
    if "PRIVATE KEY" in text:
        yield from (line.encode() for line in text.splitlines() if len(line) > 40)


@pytest.fixture(scope="module")
def taken(model: jubilant.Juju, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return snapshot(model, tmp_path_factory.mktemp("snapshot"))


def test_every_unit_is_in_it_and_every_file_is_what_the_manifest_says(taken: Path) -> None:
    accounts = [json.loads(path.read_text()) for path in taken.glob("*/unit.json")]
    assert {each["unit"] for each in accounts} == UNITS
    check = ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST"]
    subprocess.run(check, cwd=taken, check=True)


@pytest.mark.parametrize(
    "pattern",
    [
        "kafka-*/kafka/quorum.json", "kafka-*/kafka/topics.json", "kafka-*/kafka/groups.json",
        "kafka-*/kafka/reassignments.json", "kafka-*/java/Kafka-*/threads.txt",
        "kafka-*/java/Kafka-*/heap.txt", "kafka-*/java/Kafka-*/objects.txt",
        "kafka-*/logs/server.log", "kafka-*/logs/juju.log", "kafka-*/config/server.properties",
        "spark-0/spark/master.json", "spark-0/spark/event-logs/**/*.json",
        "spark-0/spark/applications.json", "spark-0/config/job-*/kafka-*.properties",
        "prometheus-0/prometheus/alerts.json", "prometheus-0/prometheus/ranges/up.json",
        "day2-0/operations/journal.jsonl", "*/model.json",
    ],
)  # fmt: skip
def test_what_a_post_mortem_needs_is_there(taken: Path, pattern: str) -> None:
    found = list(taken.glob(pattern))
    assert found
    assert all(path.stat().st_size for path in found)
    if pattern.startswith("kafka-*"):
        assert {path.relative_to(taken).parts[0] for path in found} == {
            "kafka-0", "kafka-1", "kafka-2",
        }  # fmt: skip


def test_the_lines_of_all_units_are_in_the_order_of_time(taken: Path) -> None:
    lines = (taken / "timeline.log").read_text(errors="replace").splitlines()
    stamps = [line[:27] for line in lines]
    assert stamps == sorted(stamps)
    assert {line.split(" ")[1] for line in lines} == UNITS


def test_no_secret_of_the_model_is_in_it(model: jubilant.Juju, taken: Path) -> None:
    # Those within a secret, too: one holds the accounts of all who ask Prometheus.
    known = {**dict(secrets(model)), **leaks.secrets(model)}
    assert len(known) >= 5, "the model has passwords and keys; were they not found?"
    for path in taken.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for name, value in known.items():
                found = [s for s in spellings(value) if s in content]
                assert not found, f"{name} is in {path.relative_to(taken)}"
            assert b"PRIVATE KEY-----" not in content, path


def test_nothing_is_left_open(model: jubilant.Juju, taken: Path) -> None:
    listed = json.loads(model.cli("secrets", "--format", "json") or "{}")
    assert not [uri for uri, about in listed.items() if about.get("label") == "snapshot-collector"]


def test_a_killed_broker_is_named(model: jubilant.Juju, tmp_path: Path) -> None:
    before = one_of_unit("kafka/1", model.show_model().model_uuid, "kafka.Kafka")
    kill(before)
    taken = snapshot(model, tmp_path)
    account = json.loads((taken / "kafka-1" / "unit.json").read_text())
    ended = [each for each in account["findings"] if each["title"].startswith("broker ended")]
    assert ended and "SIGKILL" in ended[0]["detail"].upper().replace("9/KILL", "SIGKILL")
    page = (taken / "index.html").read_text()
    assert page.index("broker ended by itself") < page.index("Errors and warnings per minute")
    # What supervisord says of itself at each start is no error.
    assert page.index("known to be harmless") < page.index("Supervisor is running as root")
