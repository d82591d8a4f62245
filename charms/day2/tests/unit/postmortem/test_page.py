# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import re

import bad_night
from world import NOON

from postmortem.errors import Errors
from postmortem.page import Snapshot
from postmortem.troubles import Trouble

QUIET = Snapshot(8, "pipeline", NOON, "day2/0", (), (), (), Errors({}), ())


def test_the_first_sentence_names_the_gravest_and_how_much_more_there_is():
    troubles = (
        Trouble("critical", "kafka/1 does not answer", ("kafka/1",)),
        Trouble("warning", "a certificate expires soon", ("spark/0",)),
    )
    told = dataclasses.replace(QUIET, troubles=troubles).verdict
    gravest, rest = told.split(". ", 1)
    assert gravest == "kafka/1 does not answer"
    assert rest == "In all 1 critical, 1 to look at; 0 of 0 units are here."
    assert QUIET.verdict == "Nothing that was looked at is wrong; 0 of 0 units are here."


def test_a_unit_of_which_something_is_missing_says_so_while_it_is_folded():
    page = bad_night.specimen().decode()
    unit = page[page.index('id="kafka-0"') :]
    assert "1 not collected" in unit[: unit.index("</summary>")]


def test_only_the_newest_errors_are_open_and_the_others_are_folded():
    page = bad_night.specimen().decode()
    last = page[page.index(">Last</h3>") : page.index('id="units"')]
    seen, folded = last.split(" earlier</summary>")
    disk = r"kafka/1</b>(?: \d+ times within a second)? <code>Disk 7"
    # With the one of spark/0, which is newer, they are eight.
    assert len(re.findall(disk, seen)) == 7
    assert len(re.findall(disk, folded)) == int(seen.rpartition("<summary>")[2]) > 0
