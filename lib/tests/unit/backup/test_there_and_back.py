# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the one half takes, sealed and compressed, the other half puts back."""

from pathlib import Path

import pytest

from dataops.backup import metadata
from dataops.backup.metadata import record
from dataops.backup.restoration import (
    Pieces,
    RestoreError,
    Wish,
    blueprint,
    content_on_disk,
    furnish,
    groups,
    image_of,
)
from dataops.backup.sealed import Key

from .conftest import TOPIC_ID, Broker, log


@pytest.fixture
def whole(broker: Broker) -> Broker:
    """The broker, with metadata that knows its partitions."""
    shapes: dict[str, list[int]] = {}
    for topic, index in sorted(broker.ends):
        shapes.setdefault(topic, []).append(index)
    several = [record("FeatureLevelRecord", Name="metadata.version", FeatureLevel=30)]
    for number, (topic, indexes) in enumerate(sorted(shapes.items())):
        topic_id = "A" * 21 + "ABCD"[number] if number else TOPIC_ID
        several.append(record("TopicRecord", Name=topic, TopicId=topic_id))
        several += [
            record(
                "PartitionRecord", PartitionId=index, TopicId=topic_id, Replicas=(0,), Isr=(0,),
                RemovingReplicas=(), AddingReplicas=(), Leader=0, LeaderEpoch=5, PartitionEpoch=7,
            )
            for index in indexes
        ]  # fmt: skip
    directory = broker.data / metadata.DIRECTORY
    directory.mkdir(exist_ok=True)
    for path in directory.glob("*"):
        path.unlink()
    (directory / f"{0:020}.log").write_bytes(metadata.write_checkpoint(several, 1))
    ask = broker.ask
    broker.ask = lambda wanted: ask(wanted).model_copy(update={"metadata_end": 1 << 20})
    return broker


@pytest.mark.parametrize("seal", [False, True])
def test_every_byte_goes_there_and_back(whole: Broker, tmp_path: Path, seal: bool) -> None:
    whole.write("orders-0", (0, log(0, 6)), (6, log(6, 12)), (12, log(12, 14)))
    whole.ends["orders", 0] = 14
    manifest = whole.back_up(seal=seal)
    pieces = Pieces(whole.shelf, whole.key)
    plan = blueprint(manifest, image_of(manifest, pieces), {4}, Wish())
    done = furnish(plan, 4, pieces, tmp_path / "staging", Wish())
    assert {(one.topic, one.index) for one in done.partitions} == set(whole.ends)
    logs = tmp_path / "staging" / "logs"
    for one in manifest.partitions:
        assert content_on_disk(one, logs) == one.content
    for path in sorted((whole.data / "orders-0").glob("*.log")):
        assert (logs / "orders-0" / path.name).read_bytes() == path.read_bytes()
    bounds = {(one.topic, one.index): (one.start, one.end) for one in done.partitions}
    (group,) = groups(manifest, bounds)
    assert [(o.topic, o.offset, o.metadata) for o in group.offsets] == [("orders", 4, "x")]


def test_without_its_key_nothing_is_placed(whole: Broker, tmp_path: Path) -> None:
    manifest = whole.back_up()
    for key in (None, Key.new()):
        with pytest.raises(RestoreError, match=f"sealed with key {whole.key.id}"):
            image_of(manifest, Pieces(whole.shelf, key))
