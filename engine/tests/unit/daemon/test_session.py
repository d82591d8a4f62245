# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A random session ends in the same model whether or not the engine is killed all the time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from onebox.model import Model

if TYPE_CHECKING:
    from conftest import Bench

METADATA = """\
name: plain
summary: Publishes a word.
description: What it is told by its configuration goes into every bag it may write to.
provides: {database: {interface: plain}}
requires: {backend: {interface: plain}}
"""
DISPATCH = """\
#!/bin/bash
set -eu
word=$(config-get word)
leader=$(is-leader)
for id in $(relation-ids database) $(relation-ids backend); do
    relation-set -r "$id" "word=$word"
    if [[ $leader == True ]]; then relation-set -r "$id" --app "word=$word"; fi
done
status-set active "$word"
"""
FILES = {"metadata.yaml": METADATA, "dispatch": DISPATCH, "actions.yaml": "{}\n"}
APPS = ("a", "b", "c")
KILL_EVERY = 10
OVER = ("completed", "failed", "cancelled", "aborted", "error")


class Session:
    """What an operator does, chosen by dice; nothing depends on how far the units have come."""

    def __init__(self, bench: Bench, seed: int) -> None:
        self.bench = bench
        self.dice = random.Random(seed)
        self.archive = bench.pack(FILES)
        self.units: dict[str, list[int]] = {}
        self.next: dict[str, int] = {}
        self.related: set[tuple[str, str]] = set()
        self.words = 0

    def play(self, steps: int, after: Callable[[int], None]) -> Model:
        """The model at rest, after so many steps; `after` each one it is told the number."""
        self.bench.call("add_secret", name="s", content={"word": "MA=="})
        for application in APPS:
            self.deploy(application)
        for number in range(1, steps + 1):
            self.dice.choice(self.moves)()
            after(number)
        self.bench.until(lambda model: all(t.status in OVER for t in model.tasks.values()))
        self.bench.until(lambda model: sorted(model.units) == sorted(self.names()))
        return self.bench.settle()

    @property
    def moves(self) -> list[Callable[[], None]]:
        often = [self.configure, self.script, self.tell_secret] * 2
        return [*often, self.grow, self.shrink, self.relate, self.part, self.refresh, self.replace]

    def names(self) -> Iterator[str]:
        return (f"{app}/{number}" for app, numbers in self.units.items() for number in numbers)

    def word(self) -> str:
        self.words += 1
        return f"w{self.words}"

    def deploy(self, application: str) -> None:
        self.bench.deploy(self.archive, application)
        self.units[application], self.next[application] = [0], 1

    def configure(self) -> None:
        values = {"word": self.word()}
        self.bench.call("set_config", application=self.dice.choice(APPS), values=values)

    def script(self) -> None:
        target = self.dice.choice(sorted(self.names()))
        command = {"command": "status-get"}
        self.bench.call("enqueue", targets=[target], action="juju-exec", parameters=command)

    def tell_secret(self) -> None:
        content = {"word": self.dice.choice(["MQ==", "Mg==", "Mw=="])}
        self.bench.call("update_secret", secret="s", content=content)

    def grow(self) -> None:
        application = self.dice.choice(APPS)
        if sum(map(len, self.units.values())) < 6:
            self.bench.call("add_unit", application=application)
            self.units[application].append(self.next[application])
            self.next[application] += 1

    def shrink(self) -> None:
        numbers = self.units[application := self.dice.choice(APPS)]
        if len(numbers) > 1:
            gone = numbers.pop(self.dice.randrange(len(numbers)))
            self.bench.call("remove_unit", unit=f"{application}/{gone}")

    def relate(self) -> None:
        pair = tuple(self.dice.sample(APPS, 2))
        if pair not in self.related:
            ends = {"a": f"{pair[0]}:database", "b": f"{pair[1]}:backend"}
            # An operator, too, has to wait until the last one of that name is gone.
            self.bench.until(lambda model: not found(model, *ends.values()))
            self.bench.call("integrate", **ends)
            self.related.add((pair[0], pair[1]))

    def part(self) -> None:
        if self.related:
            pair = self.dice.choice(sorted(self.related))
            self.related.remove(pair)
            self.bench.call("remove_relation", a=f"{pair[0]}:database", b=f"{pair[1]}:backend")

    def refresh(self) -> None:
        uploaded: Any = self.bench.call("upload_charm", path=str(self.archive))
        application = self.dice.choice(APPS)
        self.bench.call("refresh", application=application, charm_url=uploaded["url"])

    def replace(self) -> None:
        application = self.dice.choice(APPS)
        self.bench.call("remove_application", application=application)
        self.related = {pair for pair in self.related if application not in pair}
        self.bench.until(lambda model: application not in model.applications)
        self.deploy(application)


def found(model: Model, *ends: str) -> bool:
    keys = (relation.key.split() for relation in model.relations.values())
    return any(sorted(key) == sorted(ends) for key in keys)


def essence(model: Model) -> dict[str, Any]:
    """A model without what differs from run to run: times, addresses, who leads."""
    keys = {number: relation.key for number, relation in model.relations.items()}
    return {
        "applications": {
            name: (app.charm_url, dict(app.config), app.life, bool(app.leader), app.next_unit)
            for name, app in model.applications.items()
        },
        "units": {
            name: (unit.life, unit.workload.current, unit.workload.message, unit.agent.current)
            for name, unit in model.units.items()
        },
        "told": {
            name: {keys[n]: sorted(seen.joined) for n, seen in unit.local.relations.items()}
            for name, unit in model.units.items()
        },
        "bags": {
            relation.key: {
                owner: bag.data.get("word")
                for owner, bag in (*relation.units.items(), *relation.applications.items())
            }
            for relation in model.relations.values()
        },
        "numbers": sorted(model.relations),
        "machines": sorted(model.machines),
        "secrets": [(secret.label, secret.latest) for secret in model.secrets.values()],
        "tasks": sorted(model.tasks),
        "sequences": dict(model.sequences),
    }


@pytest.fixture
def played(bench: Bench) -> Iterator[Callable[..., dict[str, Any]]]:
    """Plays a session in an empty model; how often it killed the engine is in `kills`."""

    def play(steps: int, seed: int, *, kills: bool) -> dict[str, Any]:
        def after(number: int) -> None:
            if kills and number % KILL_EVERY == 0:
                bench.kill()

        model = Session(bench, seed).play(steps, after)
        bench.renew()
        return essence(model)

    yield play


@pytest.mark.parametrize("steps", [60, pytest.param(1000, marks=pytest.mark.long)])
def test_sessions_with_and_without_killing_end_alike(
    played: Callable[..., dict[str, Any]], steps: int
) -> None:
    assert played(steps, 7, kills=True) == played(steps, 7, kills=False)
