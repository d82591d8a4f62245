# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from world import NOON

from archive import Archive
from journal import Kind, append


@pytest.fixture
def journal():
    found = ()
    for number in range(5):
        found = append(found, NOON, Kind.REQUESTED, number, {"n": number})
    return found


def test_only_what_is_new_is_appended(tmp_path, journal):
    archive = Archive(tmp_path / "data")
    assert archive.read() == ()
    assert archive.mirror(journal[:2])
    before = archive.journal.read_bytes()
    assert archive.mirror(journal)
    assert archive.journal.read_bytes().startswith(before)
    assert archive.read() == journal
    assert not archive.mirror(journal)


def test_the_copy_keeps_what_the_peers_no_longer_have(tmp_path, journal):
    archive = Archive(tmp_path)
    archive.mirror(journal[:3])
    archive.mirror(journal[2:])
    assert archive.read() == journal


def test_a_line_that_a_crash_tore_is_written_again(tmp_path, journal):
    archive = Archive(tmp_path)
    archive.mirror(journal[:3])
    whole = archive.journal.read_bytes()
    archive.journal.write_bytes(whole[:-20])
    assert archive.mirror(journal)
    assert archive.read() == journal


def test_a_report_lies_in_the_folder_of_its_operation(tmp_path):
    path = Archive(tmp_path).at(7).write("page.html", b"<p>")
    assert path == tmp_path / "reports" / "7" / "page.html"
    assert path.read_bytes() == b"<p>"
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_line_that_is_no_record_stays_and_what_is_new_comes_after_it(tmp_path, journal):
    archive = Archive(tmp_path)
    archive.mirror(journal[:3])
    lines = archive.journal.read_text().splitlines(keepends=True)
    archive.journal.write_text("".join([*lines[:2], "scribble\n"]))
    archive.mirror(journal)
    written = archive.journal.read_text().splitlines()
    assert written[2] == "scribble"
    assert len(written) == 6
