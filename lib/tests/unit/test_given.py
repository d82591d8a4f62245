# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an operator gives a charm."""

import ops
import pydantic
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
        assert given.storage(manager.charm.model) is None
    with charm(storages=[testing.Storage("data")]) as manager:
        assert given.storage(manager.charm.model) is not None


def test_an_empty_resource_counts_as_none(tmp_path):
    path = tmp_path / "programs.tgz"
    path.touch()
    with charm(resources=[testing.Resource(name="programs", path=path)]) as manager:
        assert given.resource(manager.charm.model, "programs") is None
        path.write_bytes(b"archive")
        assert given.resource(manager.charm.model, "programs") == path


def test_a_resource_that_nobody_attached(monkeypatch):
    def fetch(resources, name):
        raise ops.ModelError(f"resource {name} not found")

    monkeypatch.setattr(ops.model.Resources, "fetch", fetch)
    with charm() as manager:
        assert given.resource(manager.charm.model, "programs") is None
