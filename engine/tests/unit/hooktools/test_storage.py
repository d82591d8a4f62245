# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""storage-list, storage-get, storage-add."""

import pytest

from onebox.changes import edit, told
from onebox.errors import Refused


def test_lists_and_describes_what_is_attached(hook, engine):
    run = hook("web/0")
    location = str(engine.root / "srv/data")
    assert run.ok("storage-list") == "data/0\n"
    assert run.json("storage-list data") == ["data/0"]
    assert run.json("storage-list logs") == []
    assert run.json("storage-get -s data/0") == {"kind": "filesystem", "location": location}
    assert run.ok("storage-get -s data/0 location") == f"{location}\n"
    assert hook("web/1").json("storage-list") == []


def test_the_hook_gives_the_default(hook):
    run = hook("web/0", kind="storage-attached", storage="data/0")
    assert run.ok("storage-get kind") == "filesystem\n"


def test_added_storage_comes_after_the_hook(hook, engine):
    run = hook("web/0")
    run.ok("storage-add data")
    assert run.json("storage-list") == ["data/0"]
    run.end()
    added = engine.model.storage["data/1"]
    # The charm's own location is taken by data/0.
    assert (added.owner, added.location) == ("web/0", "/var/lib/juju/storage/data/1")


def test_what_a_leaving_unit_has_let_go_is_not_there_any_more(hook, engine):
    model = edit.put_unit(engine.model, engine.model.units["web/0"], life="dying")
    engine.model = told.put(model, "web/0", storage=frozenset({"data/0"}))
    assert hook("web/0", kind="storage-detaching", storage="data/0").json("storage-list")
    # Its hook has run; the storage is the unit's until that is gone.
    engine.model = told.put(engine.model, "web/0", storage=frozenset())
    assert hook("web/0", kind="stop").json("storage-list") == []
    code, text = hook("web/0", kind="stop").fails("storage-get -s data/0")
    assert (code, 'storage instance "data/0" not found' in text) == (2, True)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("storage-get", 2, "no storage instance specified"),
        ("storage-get -s data/9", 2, 'storage instance "data/9" not found'),
        ("storage-get -s data/0 size", 1, 'invalid storage attribute "size"'),
        ("storage-add", 2, "storage add requires a storage directive"),
        ("storage-add data=1,10G", 2, 'only count can be specified for "data"'),
        ("storage-add data=!", 2, 'unrecognized storage directive "!" not valid'),
    ],
)
def test_refuses(hook, line, code, message):
    found, text = hook("web/0").fails(line)
    assert (found, message in text) == (code, True), text


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("nosuch", 'charm storage "nosuch" not found'),
        ("data=2", 'charm "web" store "data": at most 2 instances supported, 3 specified'),
    ],
)
def test_what_a_charm_does_not_support_fails_its_hook(hook, wish, message):
    run = hook("web/0")
    assert run.ok(f"storage-add {wish}") == ""
    with pytest.raises(Refused, match=message):
        run.end()
