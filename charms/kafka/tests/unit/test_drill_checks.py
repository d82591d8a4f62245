# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

import pytest

from dataops.backup.manifest import Group, GroupOffset, Partition, Piece, Segment, Span
from dataops.backup.metadata import Image, record
from drill_checks import (
    Estate,
    Measured,
    Policy,
    Portion,
    broken,
    differences,
    expected,
    portions,
    told,
)

TOPIC = "AQEBAQEBAQEBAQEBAQEBAQ"
ACL = (2, "a", 3, "User:u", "*", 3, 3)


def group(offset=7, metadata="note"):
    one = GroupOffset(topic="a", partition=0, offset=offset, metadata=metadata)
    return Group(name="g", offsets=(one,))


def estate(**more):
    sound = Estate(
        topics={"a": (TOPIC, 1)},
        configs={"a": {"cleanup.policy": "compact"}},
        acls=frozenset({ACL}),
        groups={"g": group()},
    )
    return dataclasses.replace(sound, **more)


def test_the_backup_says_what_has_to_be():
    image = Image.of(
        [
            record("TopicRecord", Name="a", TopicId=TOPIC),
            record(
                "PartitionRecord", PartitionId=0, TopicId=TOPIC, Replicas=(0,), Isr=(0,),
                RemovingReplicas=(), AddingReplicas=(), Leader=0, LeaderEpoch=5, PartitionEpoch=7,
            ),
            record("ConfigRecord", ResourceType=2, ResourceName="a", Name="cleanup.policy",
                   Value="compact"),
            record("AccessControlEntryRecord", Id=TOPIC, ResourceType=2, ResourceName="a",
                   PatternType=3, Principal="User:u", Host="*", Operation=3, PermissionType=3),
        ]
    )  # fmt: skip
    assert expected(image, (group(),)) == estate()


def test_a_faithful_copy_has_no_differences():
    assert list(differences(estate(), estate())) == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (estate(topics={}, configs={}), "topic a is missing"),
        (estate(topics={"a": ("B" * 22, 1)}), "has id BBB"),
        (estate(topics={"a": (TOPIC, 2)}), "and 2 partitions"),
        (estate(topics={"a": (TOPIC, 1), "b": (TOPIC, 1)}), "topic b was not in the backup"),
        (estate(configs={}), "other options: cleanup.policy"),
        (estate(configs={"a": {"cleanup.policy": "delete"}}), "other options: cleanup.policy"),
        (estate(acls=frozenset()), "1 permissions are missing, such as User:u on a"),
        (estate(acls=frozenset({ACL, (2, "b", *ACL[2:])})), "1 permissions were not in"),
        (estate(groups={}), "group g goes on elsewhere in 1 partitions: a-0 at None, not 7"),
        (estate(groups={"g": group(8)}), "not 7"),
        (estate(groups={"g": group(metadata="")}), "group g"),
    ],
)
def test_every_difference_is_named(found, words):
    (said,) = differences(estate(), found)
    assert words in said


@pytest.mark.parametrize(
    ("policy", "count"),
    [(Policy(), 0), (Policy(9, 60), 0), (Policy(8.9), 1), (Policy(rpo=59), 1), (Policy(1, 1), 2)],
)
def test_limits_are_kept_or_named(policy, count):
    measured = Measured(produced=9.0, consumed=4.0, lost_records=3, lost_ms=59_500)
    assert len(list(broken(policy, measured))) == count


def test_without_an_old_record_the_new_one_counts():
    assert Measured(produced=3.0, consumed=None, lost_records=0, lost_ms=0).rto == 3.0


def test_the_first_problems_are_told_in_full():
    assert told(["a", "b"]) == "a; b"
    assert told(["a", "b", "c", "d", "e"]) == "a; b; c; and 2 more"


def with_spans(index, *spans, start=0):
    """A partition of segments from 10 to 10, each of pieces with an end and a size."""
    return Partition(
        topic="a", index=index, log_start=start, end=99, content="0" * 64,
        segments=[
            Segment(
                base=10 * number,
                end=10 * number + 10,
                pieces=[Piece(sha256="0" * 64, bytes=size, stored=size) for _, size in several],
                spans=[Span(end=end, sha256=f"{end:064}") for end, _ in several],
            )
            for number, several in enumerate(spans)
        ],
    )  # fmt: skip


def test_the_smallest_portion_of_each_partition_is_read_back():
    small = with_spans(0, [(5, 30), (10, 20)], [(20, 40)])
    large = with_spans(1, [(10, 90)])
    bare = with_spans(2, [(10, 1)]).model_copy(update={"segments": (Segment(base=0, end=9),)})
    # Clients may not read the first two any more, and of the last one only a part.
    late = with_spans(3, [(5, 1), (10, 2)], [(20, 50)], start=12)
    own = with_spans(4, [(10, 5)]).model_copy(update={"topic": "__transaction_state"})
    several = [large, small, bare, late, own]
    wanted = [
        Portion(("a", 0), 5, 10, f"{10:064}"),
        Portion(("a", 3), 12, 20, f"{20:064}"),
        Portion(("a", 1), 0, 10, f"{10:064}"),
    ]
    assert list(portions(several, 1000)) == wanted
    assert list(portions(several, 70)) == wanted[:2]
    assert list(portions(several, 1)) == wanted[:1]
    assert list(portions([bare], 1)) == []
