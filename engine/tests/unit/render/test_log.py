# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from onebox.render.log import Filter, Shape, log_line

LINE = {
    "time": "2030-01-01T12:00:00.250000+00:00",
    "entity": "unit-web-0",
    "level": "INFO",
    "module": "unit.web/0.juju-log",
    "message": "text",
}


@pytest.mark.parametrize(
    ("shape", "start"),
    [
        (Shape(utc=True), "unit-web-0: 12:00:00 INFO unit.web/0.juju-log text\n"),
        (Shape(utc=True, date=True), "unit-web-0: 2030-01-01 12:00:00 INFO "),
        (Shape(utc=True, milliseconds=True), "unit-web-0: 12:00:00.250 INFO "),
        (Shape(utc=True, colour=True), "unit-web-0: 12:00:00 \x1b[36mINFO\x1b[0m "),
    ],
)
def test_shapes(shape, start):
    assert log_line(LINE, shape).startswith(start)


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        (Filter(), True),
        (Filter(level="WARNING"), False),
        (Filter(include=("web/0",)), True),
        (Filter(include=("unit-web-*",)), True),
        (Filter(include=("0",)), False),
        (Filter(include=("web",)), True),
        (Filter(include=("we",)), False),
        (Filter(exclude=("web",)), False),
        (Filter(exclude=("web/0",)), False),
        (Filter(include_module=("unit.web/0",)), True),
        (Filter(include_module=("juju",)), False),
        (Filter(exclude_module=("unit",)), False),
    ],
)
def test_filters(wanted, passes):
    assert wanted.wants(LINE) is passes


def test_a_level_beyond_all_passes():
    assert Filter(level="ERROR").wants({**LINE, "level": "CRITICAL"})
