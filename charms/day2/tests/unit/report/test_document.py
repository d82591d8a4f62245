# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What docs/reference/reports.md promises to machines and to people with openssl."""

import json
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest
import specimens

from report.canonical import canonical
from report.document import Document
from report.performance.page import compose

DOCS = Path(__file__).resolve().parents[5] / "docs" / "reference"
PAGE = (DOCS / "reports.md").read_text()
SCHEMA = json.loads((DOCS / "report.schema.json").read_text())
DOCUMENTS = {
    "rotation": specimens.document(specimens.ROTATION, evidence=specimens.EVIDENCE),
    "failed": specimens.document(specimens.SICK, breaches=specimens.BREACHES),
    "performance": specimens.document(
        specimens.REPORT, performance=compose(specimens.MEASURED).performance
    ),
}


def spelt(name) -> bytes:
    return canonical(DOCUMENTS[name].model_dump(mode="json", by_alias=True))


def test_the_published_schema_is_that_of_the_models():
    made = Document.model_json_schema(by_alias=True, mode="serialization")
    assert {**SCHEMA, **made, "title": SCHEMA["title"]} == SCHEMA, "run tools/report_schema.py"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_report_keeps_to_the_schema_and_survives_its_json(name):
    value = json.loads(spelt(name))
    jsonschema.validate(value, SCHEMA)
    assert Document.model_validate(value) == DOCUMENTS[name]


def test_every_documented_key_is_there():
    rows = re.findall(r"^\| (`[^|]+) \|", PAGE.split("## The document")[1], flags=re.M)
    value = json.loads(spelt("rotation"))
    for row in rows:
        stem = ""
        for name in re.findall(r"`([^`]+)`", row):
            # `.status` after `operation.outcome` is `operation.status`.
            key = stem + name if name.startswith(".") else name
            stem, place = key.rpartition(".")[0], value
            for part in key.split("."):
                assert part in place, key
                place = place[part]
    assert len(rows) >= 10


def commands() -> list[str]:
    """The shell blocks of the page that call openssl."""
    blocks = re.findall(r"```shell\n(.*?)```", PAGE, flags=re.S)
    return [block.strip() for block in blocks if block.startswith("openssl")]


def run(command, folder):
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def folder(tmp_path):
    """The files of a report as somebody fetched them."""
    content = spelt("rotation")
    (tmp_path / "report.json").write_bytes(content)
    (tmp_path / "report.sig").write_bytes(specimens.KEY.sign(content))
    (tmp_path / "day2.pub").write_text(specimens.KEY.public.pem)
    return tmp_path


def test_the_documented_commands_verify_a_report_with_plain_openssl(folder):
    verify, fingerprint = commands()
    done = run(verify, folder)
    assert (done.returncode, done.stdout.strip()) == (0, "Signature Verified Successfully")
    told = run(fingerprint, folder).stdout.split()[0]
    assert told == specimens.KEY.public.fingerprint


@pytest.mark.parametrize("name", ["report.json", "report.sig", "day2.pub"])
def test_the_documented_command_refuses_what_was_changed(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    assert run(commands()[0], folder).returncode != 0


def test_the_page_of_a_report_names_the_same_command():
    text = specimens.pages()["rotation"].decode().replace("\\\n  ", "")
    assert commands()[0] in " ".join(text.split())
