# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

from builders import CLUSTER_ID

from dataops.backup.manifest import manifest_key
from operations.begin_backup import VERB as BEGIN
from operations.create_backup import VERB as CREATE
from operations.list_backups import VERB
from operations.verify_backup import VERB as VERIFY


def test_an_empty_store_says_so(world):
    assert world.call(VERB).table == f"There are no backups yet of cluster {CLUSTER_ID}."


def test_people_get_a_table_and_programs_json(world):
    good, damaged = world.call(CREATE), world.call(CREATE)
    world.call(VERIFY, {"id": good.id})
    world.shelf.put(manifest_key(damaged.id), b"{")
    begun = world.call(BEGIN)
    result = world.call(VERB)
    title, header, first, second, third = result.table.splitlines()
    assert title == f"Backups of cluster {CLUSTER_ID}"
    columns = ["id", "kind", "began", "size", "new", "topics", "state", "verified", "drill"]
    assert header.split() == columns
    assert first.startswith(good.id)
    assert first.endswith("well  never")
    assert " damaged " in second
    assert third.startswith(begun.id)
    assert "unfinished" in third
    told = json.loads(result.action_results()["backups"])
    assert [one["state"] for one in told] == ["good", "damaged", "unfinished"]
    assert told[0]["bytes"] == good.bytes
    assert (told[0]["cluster"], told[0]["kind"]) == (CLUSTER_ID, "asked")
    assert "truncated" in told[1]["why"]
