# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

import pytest

from dataops.backup.manifest import Group, GroupOffset
from dataops.backup.metadata import Image, record
from drill_checks import Estate, Measured, Policy, broken, differences, expected, told

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
