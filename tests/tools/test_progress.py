# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `scripts/demo` shows while the model settles, and when it gives up."""

import io
from collections.abc import Iterator

import jubilant
import pytest
from rich.console import Console

from tools.demo import progress


def model(**units: tuple[str, str, str]) -> jubilant.Status:
    """A model with these units, each with its workload's status, message and agent's status."""
    applications = {
        name: {
            "charm": name, "charm-origin": "local", "charm-name": name, "charm-rev": 0,
            "exposed": False,
            "units": {
                f"{name}/0": {
                    "workload-status": {"current": workload, "message": message},
                    "juju-status": {"current": agent},
                }
            },
        }
        for name, (workload, message, agent) in units.items()
    }  # fmt: skip
    info = {
        "name": "m", "type": "iaas", "controller": "c", "cloud": "l", "version": "4.0.15",
    }  # fmt: skip
    return jubilant.Status._from_dict(
        {"model": info, "machines": {}, "applications": applications}
    )


def watch(*seen: jubilant.Status, patience: float = 1000.0, terminal: bool = False) -> str:
    """What is shown of these states, the last of which stays."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100)
    states: Iterator[jubilant.Status] = iter(seen)

    def read() -> jubilant.Status:
        return next(states, seen[-1])

    progress.wait(read, console, 1000.0, patience=patience, pause=0.0)
    return out.getvalue()


STARTS = model(kafka=("waiting", "for certificates", "executing"), day2=("active", "", "idle"))
ACTIVE = model(kafka=("active", "", "idle"), day2=("active", "", "idle"))
BLOCKED = model(kafka=("blocked", "Port 9093 is taken", "idle"), day2=("active", "", "idle"))


def test_a_log_file_gets_a_line_for_each_change():
    lines = watch(STARTS, STARTS, BLOCKED, ACTIVE).splitlines()
    assert [line.split(" s  ")[1] for line in lines] == [
        "1/2 units active; kafka/0: waiting for certificates",
        "1/2 units active; kafka/0: blocked Port 9093 is taken",
        "2/2 units active",
    ]


def test_a_terminal_gets_a_table():
    shown = watch(STARTS, ACTIVE, terminal=True)
    assert "Unit" in shown and "2/2 units active" in shown


def test_a_unit_that_is_blocked_for_a_moment_is_waited_for():
    watch(BLOCKED, BLOCKED, ACTIVE)


def test_what_only_a_person_can_mend_is_not_waited_for():
    with pytest.raises(progress.NotSettledError, match="kafka/0: blocked Port 9093 is taken"):
        watch(STARTS, BLOCKED, patience=0.01)


@pytest.mark.parametrize("busy", [("maintenance", "", "executing"), ("waiting", "", "executing")])
def test_while_another_unit_works_there_is_hope(busy):
    works = model(kafka=("blocked", "no certificate", "idle"), certificates=busy)
    outlook = progress.Outlook(10.0)
    assert not any(outlook.hopeless(works, now) for now in (0.0, 11.0, 1000.0))


def test_patience_begins_anew_with_every_change():
    outlook = progress.Outlook(10.0)
    assert not outlook.hopeless(BLOCKED, 0.0)
    assert not outlook.hopeless(BLOCKED, 9.0)
    assert not outlook.hopeless(STARTS, 9.5)
    assert not outlook.hopeless(BLOCKED, 10.5)
    assert not outlook.hopeless(BLOCKED, 19.0)
    assert outlook.hopeless(BLOCKED, 20.5)


def test_waiting_units_are_waited_for_however_long_it_takes():
    outlook = progress.Outlook(10.0)
    waits = model(kafka=("waiting", "for certificates", "idle"))
    assert not any(outlook.hopeless(waits, now) for now in (0.0, 11.0, 1000.0))
