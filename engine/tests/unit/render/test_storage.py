# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from onebox.render import storage


def test_table(sample):
    found = json.loads(sample("status/storage.json"))["storage"]
    assert storage.storage_table(found, mounts=False) == sample("storage/table.txt")


def test_document_has_the_shape_of_the_sample(sample, world, model):
    model["storage"] = {"data/0": world.as_json(world.DISK)}
    found = storage.combined(model, utc=True)
    wanted = json.loads(sample("status/storage.json"))["storage"]
    disk = wanted["filesystems"]["0"]
    disk |= {"provider-id": f"juju:juju-{model['uuid'][-6:]}-filesystem-0"}
    text = json.dumps(wanted).replace("stor/0", "prov/0")
    assert found == json.loads(text)


def test_nothing_is_nothing(model):
    assert storage.combined(model) == {}


def test_detached(model, world):
    model["storage"] = {"data/0": {**world.as_json(world.DISK), "owner": "prov/9"}}
    item = storage.combined(model)["storage"]["data/0"]
    assert item["status"]["current"] == "detached"
    assert "attachments" not in item


@pytest.mark.parametrize(
    ("mebibytes", "shown"), [(200, "200 MiB"), (1024, "1.0 GiB"), (1 << 21, "2.0 TiB")]
)
def test_sizes(mebibytes, shown):
    assert storage.size(mebibytes) == shown
