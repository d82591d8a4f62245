# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verb rotate-passwords says, whichever charm's it is."""

import dataclasses

import pytest

from dataops.operations import Context, OperationError, Pending
from dataops.rotation import BY_HAND, Change, RotatePasswords, Rotation, fingerprint, proceed

DONE = Change("a", "a.2", seen=1, gone=True, refused=True)


@dataclasses.dataclass
class Site:
    """A charm that remembers its change."""

    rotation: Rotation | None = None

    def agree(self, rotation):
        self.rotation = rotation

    def waiting(self, rotation):
        return ""

    def fingerprint(self, change):
        return fingerprint(f"password of {change.new}")


def call(site, task="", **terms):
    return proceed(Context(None, None, RotatePasswords(**terms), task=task), site)


def begin(site, **changes):
    site.rotation = dataclasses.replace(site.rotation, began=1, changes=changes)


def test_it_is_asked_for_once_and_told_once():
    site = Site()
    with pytest.raises(Pending, match="new credentials"):
        call(site, quiet=5)
    assert site.rotation == Rotation(BY_HAND, quiet=5)
    begin(site, client=DONE)
    result = call(site, quiet=5)
    assert result.summary == "1 client has new credentials, and every old one is refused."
    assert result.credentials[0].fingerprint != fingerprint("password of a")
    with pytest.raises(Pending, match="new credentials"):
        call(site, quiet=5)


def test_a_change_that_changed_nothing_is_a_failure():
    site = Site(Rotation("7/rotate/1"))
    begin(site)
    with pytest.raises(OperationError, match="Nothing was changed"):
        call(site, task="7/rotate/1")


def test_two_at_once_are_one():
    site = Site(Rotation("7/rotate/1"))
    begin(site, client=dataclasses.replace(DONE, refused=False))
    with pytest.raises(Pending, match="being removed"):
        call(site, task="8/rotate/1", force=True)
    assert (site.rotation.task, site.rotation.force) == ("8/rotate/1", True)
    assert "client" in site.rotation.changes


def test_no_password_has_no_fingerprint():
    assert fingerprint("") == "" and len(fingerprint("x")) == 8
