# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an operator gives a charm."""

import dataclasses
from pathlib import Path
from typing import ClassVar

import ops
import pydantic
import pytest
from ops import testing

from dataops import given

META = {
    "name": "store",
    "storage": {"data": {"type": "filesystem"}},
    "resources": {"programs": {"type": "file", "filename": "programs.tgz"}},
}
OPTIONS = {
    "options": {"log-level": {"type": "string", "default": "info"}, "port": {"type": "int"}}
}
CONTEXT = testing.Context(ops.CharmBase, meta=META, config=OPTIONS)


class Config(pydantic.BaseModel):
    log_level: str = "info"
    port: int = 9000

    @pydantic.field_validator("log_level")
    @classmethod
    def _is_a_level(cls, text: str) -> str:
        if text not in ("info", "warn"):
            raise ValueError("give info or warn")
        return text


def charm(**facts):
    return CONTEXT(CONTEXT.on.update_status(), testing.State(**facts))


def test_options_in_the_shape_of_the_charm():
    with charm(config={"log-level": "warn"}) as manager:
        found, problems = given.options(manager.charm, Config)
    assert found == Config(log_level="warn")
    assert not problems


def test_every_unusable_option_is_named():
    with charm(config={"log-level": "loud"}) as manager:
        found, problems = given.options(manager.charm, Config)
    assert found is None
    assert problems == ("log-level is 'loud': give info or warn",)


def test_storage():
    with charm() as manager:
        assert given.storage(manager.charm) is None
    with charm(storages=[testing.Storage("data")]) as manager:
        assert given.storage(manager.charm) is not None


class Holder(ops.CharmBase):
    """Says in each hook whether it has its storage."""

    seen: ClassVar[list[bool]] = []

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        for event in (
            self.on.data_storage_attached,
            self.on.data_storage_detaching,
            self.on.update_status,
        ):
            framework.observe(event, self._on_any)

    def _on_any(self, _: ops.EventBase) -> None:
        self.seen.append(given.storage(self) is not None)


def test_a_storage_that_was_let_go_is_gone_although_juju_still_lists_it():
    Holder.seen.clear()
    context = testing.Context(Holder, meta=META, config=OPTIONS)
    data, other = testing.Storage("data"), testing.Storage("data")
    state = testing.State(storages=[data])
    for event in (
        context.on.storage_attached(data),
        context.on.storage_detaching(data),
        context.on.update_status(),
        context.on.storage_attached(data),
        context.on.update_status(),
        context.on.storage_detaching(data),
    ):
        state = context.run(event, state)
    assert Holder.seen == [True, True, False, True, True, True]
    both = dataclasses.replace(state, storages=[data, other])
    context.run(context.on.update_status(), both)
    assert Holder.seen[-1]


class Questions:
    """What Juju is asked about resources, and its answers."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: Path | Exception = ops.ModelError("resource programs not found")

    def fetch(self, name: str) -> Path:
        assert name == "programs"
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Unit:
    """One unit, from hook to hook."""

    def __init__(self) -> None:
        self.state = testing.State()

    def hook(self, name: str) -> Path | None:
        event = getattr(CONTEXT.on, name)()
        with CONTEXT(event, self.state) as manager:
            found = given.resource(manager.charm, "programs")
            assert given.resource(manager.charm, "programs") == found
            self.state = manager.run()
        return found


@pytest.fixture
def juju(monkeypatch):
    questions = Questions()
    monkeypatch.setattr(ops.model.Resources, "fetch", lambda _, name: questions.fetch(name))
    return questions


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "programs.tgz"
    path.write_bytes(b"archive")
    return path


def test_an_installed_unit_never_asks_again(juju, archive):
    juju.answer, unit = archive, Unit()
    assert unit.hook("start") == archive
    assert unit.hook("update_status") == unit.hook("config_changed") == archive
    assert juju.asked == 1


def test_whoever_has_no_answer_asks(juju, archive):
    juju.answer = archive
    assert Unit().hook("update_status") == archive


def test_nothing_attached_is_an_answer_too(juju):
    unit = Unit()
    assert unit.hook("start") is None and unit.hook("update_status") is None
    assert juju.asked == 1


def test_no_answer_is_none(juju, archive):
    unit, juju.answer = Unit(), ops.ModelError("could not download resource: timeout")
    assert unit.hook("start") is None
    juju.answer = archive
    assert unit.hook("update_status") == archive


@pytest.mark.parametrize("hook", ["upgrade_charm", "start"])
def test_one_attached_later_is_seen_in_the_hook_that_announces_it(juju, archive, hook):
    unit = Unit()
    assert unit.hook("start") is None
    juju.answer = archive
    assert unit.hook("update_status") is None
    assert unit.hook(hook) == unit.hook("update_status") == archive


def test_another_one_takes_its_place(juju, archive, tmp_path):
    juju.answer, unit = archive, Unit()
    unit.hook("start")
    juju.answer = other = tmp_path / "other.tgz"
    other.write_bytes(b"other")
    assert unit.hook("config_changed") == archive
    assert unit.hook("upgrade_charm") == unit.hook("config_changed") == other


def test_an_empty_one_counts_as_none(juju, archive):
    juju.answer, unit = archive, Unit()
    assert unit.hook("start") == archive
    archive.write_bytes(b"")
    assert unit.hook("upgrade_charm") is None and unit.hook("update_status") is None


def test_a_file_that_is_gone_is_asked_for_again(juju, archive, tmp_path):
    juju.answer, unit = archive, Unit()
    unit.hook("start")
    juju.answer = archive.rename(tmp_path / "elsewhere.tgz")
    assert unit.hook("update_status") == juju.answer


def test_a_resource_that_the_charm_has_not(juju):
    juju.answer = NameError("no resource")
    assert Unit().hook("start") is None
