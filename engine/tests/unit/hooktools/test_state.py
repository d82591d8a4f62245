# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""state-*: a unit's own key-value state."""


def test_is_read_back_at_once_and_kept_at_the_end(hook, engine):
    run = hook("web/0")
    run.ok("state-set a=1 --file -", "b: '2'\na: 0\n")
    assert run.json("state-get") == {"a": "1", "b": "2"}
    assert run.ok("state-get b") == "2\n"
    assert engine.model.units["web/0"].state == {}
    run.end()
    assert engine.model.units["web/0"].state == {"a": "1", "b": "2"}
    assert hook("web/1").ok("state-get a") == ""


def test_deletes(hook, engine):
    run = hook("web/0")
    run.ok("state-set a=1 b=2")
    run.end()
    run = hook("web/0")
    run.ok("state-delete a")
    assert run.ok("state-get") == 'b: "2"\n'
    run.end()
    assert engine.model.units["web/0"].state == {"b": "2"}


def test_what_is_missing_is_nothing_unless_asked_strictly(hook):
    run = hook("web/0")
    assert run.ok("state-get") == "{}\n"
    assert run.ok("state-get --format=json") == "null\n"
    assert run.ok("state-get key") == ""
    assert run.ok("state-get --format=json key") == '""\n'
    assert run.fails("state-get --strict key") == (1, '"key" not found')
    assert run.fails("state-delete") == (2, "key is required")


def test_has_a_quota(hook):
    code, message = hook("web/0").fails("state-set --file -", f"big: {'x' * 3_000_000}")
    assert (code, "max allowed size (2097152) exceeded" in message) == (1, True)
