# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import sys
from pathlib import Path

import pytest

from programs import ProgramError, Programs

# Writes what it was asked to a file beside it; ends as the file `code` says.
JAVA = """#!{python}
import pathlib, sys
here = pathlib.Path(__file__).parent
config = next((a for a in sys.argv if a.endswith("join.properties")), None)
extra = ""
if config:
    extra = pathlib.Path(config).read_text()
    extra += (pathlib.Path(config).parent / "meta.properties").read_text()
(here / "asked").write_text(" ".join(sys.argv[1:]) + "\\n" + extra)
print("one\\ntwo")
sys.exit(int((here / "code").read_text()))
"""


@pytest.fixture
def programs(tmp_path):
    java = tmp_path / "java"
    java.write_text(JAVA.format(python=sys.executable))
    java.chmod(0o755)
    (tmp_path / "code").write_text("0")
    (tmp_path / "admin.properties").write_text("security.protocol=SSL\n")
    return Programs(java, Path("/libs"), tmp_path, tmp_path)


def asked(programs):
    return (programs.java.parent / "asked").read_text()


@pytest.mark.parametrize(
    ("standalone", "option"), [(True, "--standalone"), (False, "--no-initial-controllers")]
)
def test_formatting(programs, standalone, option):
    programs.format("ID", standalone=standalone)
    words = asked(programs).split()
    assert words[-1] == option
    assert "kafka.tools.StorageTool" in words and "--add-scram" not in words


def test_a_voter_may_be_added_from_any_unit(programs):
    programs.add_voter("10.0.0.1:19093", "CLUSTER", 2, "10.0.0.3", "DIR")
    text = asked(programs)
    assert "add-controller" in text and "--bootstrap-server 10.0.0.1:19093" in text
    assert "directory.id=DIR" in text and "cluster.id=CLUSTER" in text
    assert "listeners=CONTROLLER://10.0.0.3:9097" in text
    assert "security.protocol=SSL" in text


def test_the_place_for_it_is_gone_afterwards(programs):
    programs.add_voter("10.0.0.1:19093", "CLUSTER", 2, "10.0.0.3", "DIR")
    assert not [path for path in programs.scratch.iterdir() if path.is_dir()]


def test_a_voter_may_be_removed_when_it_is_gone(programs):
    programs.remove_voter("10.0.0.1:19093", 2, "DIR")
    assert "remove-controller --controller-id 2 --controller-directory-id DIR" in asked(programs)


def test_unregistering(programs):
    programs.unregister("10.0.0.1:19093", 2)
    assert "unregister" in asked(programs) and "--id 2" in asked(programs)


def test_the_copies_a_record_needs(programs):
    programs.set_min_in_sync("10.0.0.1:19093", 2)
    assert "--entity-default" in asked(programs)
    assert "min.insync.replicas=2" in asked(programs)


def test_a_failure_tells_the_last_words(programs):
    (programs.java.parent / "code").write_text("1")
    with pytest.raises(ProgramError, match="StorageTool failed: one / two"):
        programs.format("ID", standalone=True)
