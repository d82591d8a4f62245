# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whoever has docs/reference/backup-format.md and none of our programs reads our backups."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dataops.backup import reading
from dataops.backup.codecs import Codec
from dataops.backup.manifest import Manifest, manifest_key
from dataops.backup.records import Record
from dataops.backup.sealed import Key
from dataops.backup.ship import Shipper
from dataops.backup.trees import Source, take
from dataops.testing.logs import batch, marker, record

from .conftest import Broker, log

PROGRAM = Path(__file__).with_name("by_the_page.py")
APPENDED = 1_800_000_000_000


def read(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(PROGRAM), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def found(broker: Broker) -> dict[str, Any]:
    done = read(str(broker.root / "store"), "cluster-id", broker.key.text)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told(one: Record) -> dict[str, Any]:
    def field(value: bytes | None) -> str | None:
        return None if value is None else value.hex()

    return {
        "offset": one.offset,
        "timestamp": one.timestamp,
        "key": field(one.key),
        "value": field(one.value),
        "headers": [[field(name), field(value)] for name, value in one.headers],
    }


def several(first: int) -> list[Record]:
    """Three records of those that readers get wrong: twice the same header, and nothing at all."""
    twice = [(b"h", b"1"), (b"h", None), ("ü".encode(), b"")]
    return [
        record(first, b"%d" % first * 70, b"key", 1_700_000_000_000 + 90 * first, twice),
        record(first + 2, None, b"tombstone", 1_700_000_000_000 - first),
        record(first + 3, b"", None),
    ]


@pytest.fixture
def wanted(broker: Broker) -> list[Record]:
    """What a client may read of `orders-0`, which has all that there is in logs."""
    seen, pieces = list[Record](), list[bytes]()
    for number, codec in enumerate(Codec):
        some = several(number * 10)
        pieces.append(batch(some, codec=codec, leader_epoch=number, last=number * 10 + 9))
        seen += some
    stamped = several(50)
    pieces.append(batch(stamped, appended=APPENDED, codec=Codec.GZIP))
    seen += [one._replace(timestamp=APPENDED) for one in stamped]
    for number, ending in ((60, False), (70, True)):
        some = several(number)
        pieces.append(batch(some, producer=number, transactional=True))
        pieces.append(marker(number + 5, number, commit=ending))
        seen += some
    # Compaction leaves batches without records, and the high watermark is before the last one.
    pieces += [batch([], base=80, last=89), batch(several(90), last=99), log(100, 104)]
    seen += several(90)
    broker.write("orders-0", (0, b"".join(pieces[:4])), (40, b"".join(pieces[4:])))
    broker.ends["orders", 0] = 100
    # Records were deleted up to the middle of a batch.
    broker.starts["orders", 0] = 12
    return [one for one in seen if one.offset >= 12]


@pytest.mark.parametrize("seal", [False, True])
@pytest.mark.parametrize("records", [False, True])
def test_every_record_is_read_by_the_page_alone(
    broker: Broker, wanted: list[Record], seal: bool, records: bool, monkeypatch: Any
) -> None:
    monkeypatch.setattr(reading, "PIECE", 300)
    made = broker.back_up(seal=seal, records=records)
    assert len(made.pieces) > 8 and {piece.zstd for piece in made.pieces} == {True, False}
    seen = found(broker)
    assert seen["records"] == {"orders-0": [told(one) for one in wanted], "empty-0": []}
    assert seen["hashed"] == {"orders-0": records, "empty-0": records}
    assert seen["topics"]["orders"] == {"cleanup.policy": "compact"}
    (group,) = seen["groups"]
    (offset,) = group["offsets"]
    assert (group["name"], offset["offset"], offset["metadata"]) == ("readers", 4, "x")
    metadata = broker.data / "__cluster_metadata-0"
    assert seen["metadata"] == {
        path.name: path.read_bytes().hex()
        for path in metadata.iterdir()
        if path.suffix in (".log", ".checkpoint")
    }


def test_what_was_sent_before_and_what_came_since_are_one_log(broker: Broker) -> None:
    for end in range(32, 52, 2):
        broker.write("orders-0", (0, log(0, 10)), (10, log(10, 20)), (20, log(20, end)))
        broker.ends["orders", 0] = end
        broker.back_up()
    # As the log has it: every other record has a value of its own.
    values = [(b"%d" % n * 50 if n % 2 == 0 else b"value").hex() for n in range(50)]
    seen = found(broker)["records"]["orders-0"]
    assert [(one["offset"], one["value"]) for one in seen] == [*enumerate(values)]


def test_it_notices_what_is_wrong(broker: Broker) -> None:
    """Or it would be no judge."""
    made = broker.back_up()
    place, key = str(broker.root / "store"), broker.key.text
    assert "sealed with key" in read(place, "cluster-id", Key.new().text).stderr
    orders = next(one for one in made.partitions if one.name == "orders-0")
    wrong = orders.model_copy(update={"records": "0" * 64})
    broker.shelf.write(manifest_key(made.id), made.model_copy(update={"partitions": (wrong,)}))
    assert "AssertionError" in read(place, "cluster-id", key).stderr
    broker.shelf.write(manifest_key(made.id), made.model_copy(update={"format": 1}))
    assert read(place, "cluster-id", key).returncode == 0
    manifest = made.model_dump(mode="json") | {"format": 2}
    broker.shelf.put(manifest_key(made.id), json.dumps(manifest).encode())
    assert "format 2 is not known" in read(place, "cluster-id", key).stderr


def test_files_of_another_application_are_read_by_the_page_too(broker: Broker) -> None:
    root = broker.root / "tree"
    files = {"a/1": b"one", "a/2": b"", "b": b"line\n" * 300_000, "z/last": b"end"}
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    source = Source(
        unit="spark/0", application="spark", model="m", release="4", root=root,
        state=broker.root / "state", listing=lambda: sorted(files), steady=lambda: 0,
        facts=lambda links: {},
    )  # fmt: skip
    with Shipper(broker.shelf, key=broker.key) as shipper:
        made = take(broker.shelf, shipper, source)
    assert broker.shelf.read(Manifest, manifest_key(made.id)) == made
    done = read(str(broker.root / "store"), "cluster-id")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)["files"]
    assert seen == {path: content.hex() for path, content in files.items()}
