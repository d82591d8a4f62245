# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

import timer


class StopError(Exception):
    """The test has seen enough."""


class Clock:
    """Time passes only in pauses; at given seconds somebody writes the file."""

    def __init__(self, file, until, **writings):
        self.file, self.until, self.now = file, until, 0.0
        self.writings = {int(at[1:]): text for at, text in writings.items()}
        self.rung = []

    def pause(self, seconds):
        self.now += seconds
        if self.now in self.writings:
            self.file.write_text(self.writings[int(self.now)])
        if self.now > self.until:
            raise StopError


def rung(tmp_path, until, **writings):
    clock = Clock(tmp_path / "wake-at", until, **writings)
    with pytest.raises(StopError):
        timer.watch(
            clock.file, lambda: clock.rung.append(clock.now), lambda: clock.now, clock.pause
        )
    return clock.rung


def test_it_rings_when_the_time_has_come(tmp_path):
    assert rung(tmp_path, 20, _1="10.000") == [10]


def test_the_time_may_change_and_be_taken_away(tmp_path):
    assert rung(tmp_path, 30, _1="20", _5="8", _15="25", _20="") == [8]


def test_a_time_that_has_passed_rings_at_once_and_again_while_nobody_heeds_it(tmp_path):
    assert rung(tmp_path, 130, _5="1") == [5, 65, 125]


@pytest.mark.parametrize("text", ["", "soon", "nan"])
def test_what_is_no_time_never_rings(tmp_path, text):
    assert rung(tmp_path, 10, _1=text) == []
