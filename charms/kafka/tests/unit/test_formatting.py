# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import sys

import pytest

import formatting
from programs import Programs

# Formats the storage that its settings name; ends as the file `code` says.
JAVA = """#!{python}
import pathlib, re, sys
here = pathlib.Path(__file__).parent
config = pathlib.Path(sys.argv[sys.argv.index("--config") + 1]).read_text()
data = pathlib.Path(re.search("(?m)^log.dirs=(.*)$", config)[1])
assert "node.id=3" in config
code = int((here / "code").read_text())
if not code:
    (data / "bootstrap.checkpoint").touch()
    (data / "meta.properties").write_text(sys.argv[sys.argv.index("--cluster-id") + 1])
    if sys.argv[-1] == "--standalone":
        (data / "__cluster_metadata-0").mkdir()
        (data / "__cluster_metadata-0" / "voters").touch()
sys.exit(code)
"""


@pytest.fixture
def programs(tmp_path):
    java = tmp_path / "java"
    java.write_text(JAVA.format(python=sys.executable))
    java.chmod(0o755)
    (tmp_path / "code").write_text("0")
    (tmp_path / "server.properties").write_text("node.id=3\nlog.dirs=/live\nlisteners=A\n")
    return Programs(java, tmp_path / "libs", tmp_path, tmp_path)


def formatted(programs, logs, standalone=True, name="new"):
    place = logs.parent / "formatted"
    return formatting.beside(programs, name, standalone=standalone, place=place, logs=logs)


@pytest.mark.parametrize("standalone", [True, False])
def test_what_was_placed_meanwhile_is_part_of_the_cluster(programs, tmp_path, standalone):
    logs = tmp_path / "staging" / "logs"
    with formatted(programs, logs, standalone):
        (logs / "orders-0").mkdir(parents=True)
    expected = {"orders-0", "meta.properties"} | (
        {"__cluster_metadata-0"} if standalone else set()
    )
    assert {path.name for path in logs.iterdir()} == expected
    assert (logs / "meta.properties").read_text() == "new"
    assert {path.name for path in logs.parent.iterdir()} == {"logs"}


def test_what_an_interrupted_attempt_left_is_replaced(programs, tmp_path):
    logs = tmp_path / "staging" / "logs"
    (logs / "__cluster_metadata-0" / "old").mkdir(parents=True)
    (logs / "meta.properties").write_text("old")
    (logs.parent / "formatted" / "old").mkdir(parents=True)
    with formatted(programs, logs):
        pass
    assert (logs / "meta.properties").read_text() == "new"
    assert [path.name for path in (logs / "__cluster_metadata-0").iterdir()] == ["voters"]


def test_a_failure_is_left_to_whoever_formats_next(programs, tmp_path, caplog):
    logs = tmp_path / "staging" / "logs"
    (tmp_path / "code").write_text("1")
    with formatted(programs, logs):
        (logs / "orders-0").mkdir(parents=True)
    assert [path.name for path in logs.iterdir()] == ["orders-0"]
    assert "Cannot format the storage yet" in caplog.text


def test_what_fails_meanwhile_is_told(programs, tmp_path):
    logs = tmp_path / "staging" / "logs"
    with pytest.raises(KeyError), formatted(programs, logs):
        logs.mkdir()
        raise KeyError
    assert list(logs.iterdir()) == []
