# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A live view of the model while it settles: every unit, what it is doing, how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import jubilant
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

COLOURS = {"active": "green", "error": "red", "blocked": "red"}


class NotSettledError(Exception):
    """The model did not become active; the text says which unit stands in the way, and why."""


def units(status: jubilant.Status) -> Iterator[tuple[str, jubilant.statustypes.UnitStatus]]:
    """Every unit with its name, in the order of the applications."""
    for application in status.apps.values():
        yield from application.units.items()


def settled(status: jubilant.Status) -> bool:
    """Whether every unit is active and has nothing left to do."""
    found = list(units(status))
    return bool(found) and all(
        u.workload_status.current == "active" and u.juju_status.current == "idle" for _, u in found
    )


def stuck(status: jubilant.Status) -> list[str]:
    """The units that are not active, with what they say."""
    return [
        f"{name}: {u.workload_status.current} {u.workload_status.message}".rstrip()
        for name, u in units(status)
        if u.workload_status.current != "active"
    ]


def view(status: jubilant.Status, elapsed: float) -> Group:
    """One picture of the model."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Unit", "Workload", "Agent", "Doing"):
        table.add_column(column, no_wrap=column != "Doing")
    for name, unit in units(status):
        workload, agent = unit.workload_status, unit.juju_status
        doing = workload.message or agent.message
        colour = COLOURS.get(workload.current, "yellow")
        table.add_row(name, Text(workload.current, colour), agent.current, doing)
    ready = sum(u.workload_status.current == "active" for _, u in units(status))
    total = sum(1 for _ in units(status))
    return Group(table, Text(f"{ready}/{total} units active, {elapsed:.0f} s", "bold"))


class Outlook:
    """Tells a model that settles from one that waits for somebody.

    Units are blocked for a while in any deployment: until a relation is there, or a certificate.
    Once nothing happens any more, only a person can help.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._last: object = None
        self._since = 0.0

    def hopeless(self, status: jubilant.Status, now: float) -> bool:
        """Whether a unit has been blocked or failed, and all were idle, for all the patience."""
        seen = [
            (name, u.workload_status.current, u.workload_status.message, u.juju_status.current)
            for name, u in units(status)
        ]
        if seen != self._last:
            self._last, self._since = seen, now
        stands = any(workload in ("blocked", "error") for _, workload, _, _ in seen)
        rests = all(agent == "idle" or workload == "error" for _, workload, _, agent in seen)
        return stands and rests and now - self._since >= self._patience


class Lines:
    """What a log file gets in place of the live view: a line whenever something has changed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = ""

    def show(self, status: jubilant.Status, elapsed: float) -> None:
        """Print how many units are active and what the others say, unless that was said last."""
        total, waiting = sum(1 for _ in units(status)), stuck(status)
        text = "; ".join([f"{total - len(waiting)}/{total} units active", *waiting])
        if text != self._last:
            self._console.print(f"{elapsed:4.0f} s  {text}", highlight=False, soft_wrap=True)
            self._last = text


def wait(
    read: Callable[[], jubilant.Status],
    console: Console,
    limit: float,
    *,
    patience: float = 90.0,
    pause: float = 1.0,
) -> float:
    """Show the model until it has settled; the seconds that took.

    Args:
        read: tells the state of the model.
        console: a terminal gets a live view, anything else a line for each change.
        limit: seconds in all.
        patience: seconds that a blocked unit may stay just so while nothing happens.
        pause: seconds between two looks.

    Raises:
        NotSettledError: after `limit` seconds, or when only a person can help.
    """
    start = time.monotonic()
    quiet = 0
    outlook, lines = Outlook(patience), Lines(console)
    with Live(console=console, refresh_per_second=4, transient=not console.is_terminal) as live:
        while True:
            status, elapsed = read(), time.monotonic() - start
            if console.is_terminal:
                live.update(view(status, elapsed))
            else:
                lines.show(status, elapsed)
            # A unit between two hooks looks idle for a moment.
            quiet = quiet + 1 if settled(status) else 0
            if quiet == 3:
                return elapsed
            if elapsed > limit or outlook.hopeless(status, elapsed):
                raise NotSettledError("; ".join(stuck(status)) or "units are still busy")
            time.sleep(pause)
