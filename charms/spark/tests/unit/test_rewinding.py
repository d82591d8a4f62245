# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewinding import RewindError, Rewound, rewind

BEFORE, AT = 1_000.0, 2_000.0


def write(checkpoint, batch, offsets, *, when=BEFORE, version="v1"):
    place = checkpoint / "offsets"
    place.mkdir(parents=True, exist_ok=True)
    source = json.dumps({"flights": {str(n): one for n, one in enumerate(offsets)}})
    (place / str(batch)).write_text(f'{version}\n{{"batchWatermarkMs":7}}\n{source}')
    (place / f".{batch}.crc").write_bytes(b"sum")
    os.utime(place / str(batch), (when, when))


def reads(checkpoint):
    found = {}
    for path in sorted((checkpoint / "offsets").iterdir()):
        if path.name.isdigit():
            found[int(path.name)] = list(
                json.loads(path.read_text().split("\n")[2])["flights"].values()
            )
    return found


def test_a_job_that_had_read_further_goes_on_at_the_end(tmp_path):
    write(tmp_path, 9, [90, 40])
    write(tmp_path, 10, [120, 60])
    write(tmp_path, 11, [150, 70])
    moved = rewind(tmp_path, "flights", (100, 60), AT)
    assert moved == (Rewound("flights", 0, 150, 100), Rewound("flights", 1, 70, 60))
    assert reads(tmp_path) == {9: [90, 40], 10: [100, 60], 11: [100, 60]}
    kept = {path.name for path in (tmp_path / "offsets").glob(".*")}
    assert kept == {".9.crc"}, "a checksum of what was there before would stop Spark"
    assert (tmp_path / "offsets" / "10").read_text().startswith('v1\n{"batchWatermarkMs":7}\n')


def test_who_had_read_less_is_left_alone(tmp_path):
    write(tmp_path, 3, [10, 20])
    assert rewind(tmp_path, "flights", (10, 20), AT) == ()
    assert (tmp_path / "offsets" / ".3.crc").exists()


def test_a_topic_or_partition_that_was_not_restored_begins_with_nothing(tmp_path):
    write(tmp_path, 3, [10, 20])
    assert [one.now for one in rewind(tmp_path, "flights", (10,), AT)] == [0]
    assert reads(tmp_path) == {3: [10, 0]}
    write(tmp_path, 3, [10])
    assert rewind(tmp_path, "flights", (), AT) == (Rewound("flights", 0, 10, 0),)


def test_other_topics_and_sources_stay(tmp_path):
    place = tmp_path / "offsets"
    place.mkdir()
    text = 'v1\n{}\n-\n{"other":{"0":99}}\n{"flights":{"0":7}}'
    (place / "0").write_text(text)
    os.utime(place / "0", (BEFORE, BEFORE))
    assert len(rewind(tmp_path, "flights", (5,), AT)) == 1
    assert (place / "0").read_text() == text.replace("7", "5")


def test_a_job_that_has_run_since_is_not_touched(tmp_path):
    write(tmp_path, 3, [110])
    write(tmp_path, 4, [130], when=AT + 5)
    with pytest.raises(RewindError, match=r"batch 4 began after the restore.*another name"):
        rewind(tmp_path, "flights", (100,), AT)
    assert reads(tmp_path) == {3: [110], 4: [130]}


def test_what_spark_writes_otherwise_is_not_guessed(tmp_path):
    write(tmp_path, 3, [110], version="v2")
    with pytest.raises(RewindError, match="version 'v2'"):
        rewind(tmp_path, "flights", (100,), AT)


def test_a_job_without_a_checkpoint_has_nothing_to_rewind(tmp_path):
    assert rewind(tmp_path, "flights", (100,), AT) == ()


@given(
    batches=st.lists(st.lists(st.integers(0, 50), min_size=2, max_size=2), min_size=1, max_size=5),
    ends=st.lists(st.integers(0, 50), min_size=0, max_size=3),
    killed=st.integers(0, 5),
)
def test_whatever_interrupts_it_nothing_lies_behind_the_end(
    tmp_path_factory, batches, ends, killed
):
    checkpoint = tmp_path_factory.mktemp("checkpoint")
    for number, offsets in enumerate(batches):
        write(checkpoint, number, offsets)
    with pytest.MonkeyPatch.context() as patch:
        import rewinding

        replace, count = rewinding._replace, iter(range(99))

        def dies(path, text):
            if next(count) == killed:
                raise KeyboardInterrupt
            replace(path, text)

        patch.setattr(rewinding, "_replace", dies)
        try:
            rewind(checkpoint, "flights", ends, AT)
        except KeyboardInterrupt:
            patch.setattr(rewinding, "_replace", replace)
            rewind(checkpoint, "flights", ends, AT)
    limits = [*ends, 0, 0]
    wanted = {
        number: [min(offset, limits[n] if n < len(ends) else 0) for n, offset in enumerate(one)]
        for number, one in enumerate(batches)
    }
    assert reads(checkpoint) == wanted
