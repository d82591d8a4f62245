# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from onebox.render.resources import listing, resources_table


def test_table(sample, world, model):
    model["charms"]["local:prov-0"]["resources"] = {"blob": world.as_json(world.BLOB)}
    model["applications"]["prov"]["resources"] = {"blob": world.as_json(world.BLOB_HELD)}
    assert resources_table(listing(model, "prov")) == sample("resources/table.txt")


def test_resource_that_was_never_attached(world, model):
    model["charms"]["local:prov-0"]["resources"] = {"blob": world.as_json(world.BLOB)}
    [item] = listing(model, "prov")["resources"]
    assert (item["revision"], item["used"]) == ("-1", False)
    assert resources_table({"resources": [item]}).endswith("blob      -            -\n")
