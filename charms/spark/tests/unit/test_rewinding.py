# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewinding import Restored, RewindError, Rewound, back, forward

BEFORE, AT = 1_000.0, 2_000.0


def restored(ends, until=BEFORE + 100):
    return Restored(tuple(ends), until, AT)


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
    moved = forward(tmp_path, "flights", restored((100, 60)))
    assert moved == (Rewound("flights", 0, 150, 100), Rewound("flights", 1, 70, 60))
    assert reads(tmp_path) == {9: [90, 40], 10: [100, 60], 11: [100, 60]}
    kept = {path.name for path in (tmp_path / "offsets").glob(".*")}
    assert kept == {".9.crc"}, "a checksum of what was there before would stop Spark"
    assert (tmp_path / "offsets" / "10").read_text().startswith('v1\n{"batchWatermarkMs":7}\n')


def test_who_had_read_less_is_left_alone(tmp_path):
    write(tmp_path, 3, [10, 20])
    assert forward(tmp_path, "flights", restored((10, 20))) == ()
    assert (tmp_path / "offsets" / ".3.crc").exists()


def test_a_topic_or_partition_that_was_not_restored_begins_with_nothing(tmp_path):
    write(tmp_path, 3, [10, 20])
    assert [one.now for one in forward(tmp_path, "flights", restored((10,)))] == [0]
    assert reads(tmp_path) == {3: [10, 0]}
    write(tmp_path, 3, [10])
    assert forward(tmp_path, "flights", restored(())) == (Rewound("flights", 0, 10, 0),)


def test_other_topics_and_sources_stay(tmp_path):
    place = tmp_path / "offsets"
    place.mkdir()
    text = 'v1\n{}\n-\n{"other":{"0":99}}\n{"flights":{"0":7}}'
    (place / "0").write_text(text)
    os.utime(place / "0", (BEFORE, BEFORE))
    assert len(forward(tmp_path, "flights", restored((5,)))) == 1
    assert (place / "0").read_text() == text.replace("7", "5")


def test_a_job_that_has_run_since_is_not_touched(tmp_path):
    write(tmp_path, 3, [110])
    write(tmp_path, 4, [130], when=AT + 5)
    with pytest.raises(RewindError, match=r"batch 4 began after the restore.*another name"):
        forward(tmp_path, "flights", restored((100,)))
    assert reads(tmp_path) == {3: [110], 4: [130]}


def test_what_spark_writes_otherwise_is_not_guessed(tmp_path):
    write(tmp_path, 3, [110], version="v2")
    with pytest.raises(RewindError, match="version 'v2'"):
        forward(tmp_path, "flights", restored((100,)))


def test_a_job_without_a_checkpoint_has_nothing_to_rewind(tmp_path):
    assert forward(tmp_path, "flights", restored((100,))) == ()


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
            forward(checkpoint, "flights", restored(ends))
        except KeyboardInterrupt:
            patch.setattr(rewinding, "_replace", replace)
            forward(checkpoint, "flights", restored(ends))
    limits = [*ends, 0, 0]
    wanted = {
        number: [min(offset, limits[n] if n < len(ends) else 0) for n, offset in enumerate(one)]
        for number, one in enumerate(batches)
    }
    assert reads(checkpoint) == wanted


def batches(checkpoint, *reads, step=100.0, committed=None):
    """Batches that were done every so many seconds from `BEFORE` on, with their state."""
    for number, offset in enumerate(reads):
        done = BEFORE + number * step
        write(checkpoint, number, [offset], when=done - 1)
        names = [f"state/0/0/{number + 1}.delta", f"state/0/0/.{number + 1}.delta.crc"]
        if number % 2:
            names.append(f"state/0/1/left-keys/{number + 1}.snapshot")
        if committed is None or number < committed:
            names.append(f"commits/{number}")
        for name in names:
            path = checkpoint / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("v1")
            os.utime(path, (done, done))


def numbers(checkpoint, kind):
    return sorted(int(one.name) for one in (checkpoint / kind).iterdir() if one.name.isdigit())


def states(checkpoint):
    found = (path.name for path in (checkpoint / "state").rglob("*") if path.is_file())
    return {int(name.lstrip(".").partition(".")[0]) for name in found}


def test_a_job_that_writes_to_kafka_does_again_what_was_done_after_the_backup(tmp_path):
    batches(tmp_path, 10, 20, 30, 40, 50)
    # The backup began when batch 2 had just been done: by another clock, it may have been later.
    moved = back(tmp_path, "flights", restored([45], until=BEFORE + 201))
    assert moved == (Rewound("flights", 0, 50, 20),)
    assert numbers(tmp_path, "offsets") == numbers(tmp_path, "commits") == [0, 1]
    assert states(tmp_path) == {1, 2}, "Spark would take later ones for those of its next batches"
    assert {one.name for one in (tmp_path / "offsets").glob(".*")} == {".0.crc", ".1.crc"}


def test_what_was_cut_off_by_a_time_counts_too(tmp_path):
    batches(tmp_path, 10, 20, 30)
    assert [one.now for one in back(tmp_path, "flights", restored([15], until=AT))] == [10]


def test_a_batch_that_was_not_done_is_begun_anew(tmp_path):
    batches(tmp_path, 10, 20, 30, committed=2)
    assert [one.now for one in back(tmp_path, "flights", restored([99], until=AT))] == [20]
    assert back(tmp_path, "flights", restored([99], until=AT)) == ()


def test_a_job_that_never_ended_a_batch_begins_anew(tmp_path):
    batches(tmp_path, 10, committed=0)
    assert back(tmp_path, "flights", restored([99], until=AT)) == (Rewound("flights", 0, 10, 0),)
    assert numbers(tmp_path, "offsets") == []


def test_batches_that_spark_has_forgotten_are_not_invented(tmp_path):
    batches(tmp_path, 10, 20)
    with pytest.raises(RewindError, match=r"oldest batch, 0.*restore Spark's backup"):
        back(tmp_path, "flights", restored([99], until=BEFORE - 1))
    assert numbers(tmp_path, "offsets") == [0, 1]


@given(
    reads=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    until=st.integers(-1, 7),
    killed=st.integers(0, 12),
)
def test_whatever_interrupts_it_batches_and_state_agree(tmp_path_factory, reads, until, killed):
    checkpoint = tmp_path_factory.mktemp("checkpoint")
    batches(checkpoint, *(sum(reads[: n + 1]) for n in range(len(reads))))
    there = restored([99], until=BEFORE + until * 100 + 50)
    with pytest.MonkeyPatch.context() as patch:
        unlink, count = Path.unlink, iter(range(99))

        def dies(path, missing_ok=False):
            if next(count) == killed:
                raise KeyboardInterrupt
            unlink(path, missing_ok)

        patch.setattr(Path, "unlink", dies)
        with contextlib.suppress(KeyboardInterrupt, RewindError):
            back(checkpoint, "flights", there)
    try:
        back(checkpoint, "flights", there)
    except RewindError:
        assert until < 0
        return
    newest = min(until, len(reads) - 1)
    assert numbers(checkpoint, "commits") == numbers(checkpoint, "offsets") == [*range(newest + 1)]
    assert states(checkpoint) == set(range(1, newest + 2))
