# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The fake keeps the real promises, and refuses surprises."""

import inspect

import pytest

from dataops.host import packages
from dataops.host.packages import PackageError
from dataops.testing import FakePackages


def test_it_takes_the_place_of_every_function(monkeypatch):
    real = {name for name in packages.__all__ if inspect.isfunction(getattr(packages, name))}
    signatures = {name: inspect.signature(getattr(packages, name)) for name in real}
    fake = FakePackages().patch(monkeypatch)
    for name, signature in signatures.items():
        assert getattr(packages, name) == getattr(fake, name)
        assert list(inspect.signature(getattr(fake, name)).parameters) == list(
            signature.parameters
        )


def test_only_what_is_available_can_be_installed():
    fake = FakePackages()
    with pytest.raises(PackageError, match="Missing maven"):
        fake.ensure_apt(["maven"])
    fake.available.add("maven")
    assert fake.ensure_apt(["maven"])
    assert not fake.ensure_apt(["maven"])


def test_of_packages_that_are_unpacked_the_first_must_be_had(tmp_path):
    fake = FakePackages()
    with pytest.raises(PackageError, match="locate package prometheus"):
        fake.unpack_apt(["prometheus", "promtool"], tmp_path)
    fake.available.add("prometheus")
    fake.unpack_apt(["prometheus", "promtool"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["prometheus"]


def test_what_was_fetched_needs_no_network_again(tmp_path):
    fake = FakePackages()
    pom, target = tmp_path / "pom.xml", tmp_path / "libs"
    pom.write_text("a")
    assert fake.copy_maven_dependencies(pom, target)
    fake.reachable = False
    assert not fake.copy_maven_dependencies(pom, target)
    pom.write_text("b")
    with pytest.raises(PackageError):
        fake.copy_maven_dependencies(pom, target)


def test_no_java():
    fake = FakePackages()
    fake.java = None
    with pytest.raises(PackageError, match="No Java"):
        fake.ensure_java()
