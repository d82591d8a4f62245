# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json
import pathlib
from types import SimpleNamespace

import pydantic
import pytest
from builders import a_recovery

import restoring
from dataops.backup import metadata
from dataops.backup.ends import RESTORED, RestoredEnds
from dataops.backup.manifest import manifest_key
from dataops.backup.metadata import record
from dataops.backup.sealed import Key
from dataops.backup.shelf import Shelf
from dataops.host import wake
from dataops.objectstore import Target, open_store
from dataops.testing import logs
from dataops.testing.backups import backup_of
from programs import Programs
from recovery import Share

TOPIC = "AQEBAQEBAQEBAQEBAQEBAQ"


@pytest.fixture
def target(tmp_path):
    (tmp_path / "store").mkdir()
    return Target(kind="local", directory=str(tmp_path / "store"))


@pytest.fixture
def backup(tmp_path, target):
    """One topic of two partitions that three nodes had, and users of two kinds."""
    data = tmp_path / "data"
    several = [
        record("FeatureLevelRecord", Name="metadata.version", FeatureLevel=30),
        record("TopicRecord", Name="a", TopicId=TOPIC),
        *(
            record(
                "PartitionRecord", PartitionId=index, TopicId=TOPIC, Replicas=(index, 2),
                Isr=(index, 2), RemovingReplicas=(), AddingReplicas=(), Leader=0, LeaderEpoch=5,
                PartitionEpoch=7,
            )
            for index in range(2)
        ),
        *(
            record("UserScramCredentialRecord", Name=name, Mechanism=2, Salt=b"s",
                   StoredKey=b"k", ServerKey=b"v", Iterations=8192)
            for name in ("relation-7", "kept")
        ),
    ]  # fmt: skip
    for name, content in (
        (metadata.DIRECTORY, metadata.write_checkpoint(several, 1)),
        ("a-0", logs.batch([logs.record(0)])),
        ("a-1", logs.batch([logs.record(0), logs.record(1)])),
    ):
        (data / name).mkdir(parents=True)
        (data / name / f"{0:020}.log").write_bytes(content)
    return backup_of(data, Shelf(open_store(target), "old"))


@pytest.fixture
def spec(tmp_path, target):
    def made(recovery, node=0, mode="place"):
        return restoring.Spec(
            mode=mode, unit=f"kafka/{node}", juju_exec="juju-exec", recovery=recovery.to_text(),
            node=node, target=target, staging=tmp_path / f"staging-{node}", etc=tmp_path,
        )  # fmt: skip

    return made


def test_every_unit_places_its_copies_and_counts_what_it_leads(spec, backup):
    told = []
    shares = [restoring.work(spec(a_recovery(), node), a_recovery(), told.append)
              for node in range(3)]  # fmt: skip
    assert [share.state for share in shares] == ["placed"] * 3, shares
    assert [share.account["partitions"] for share in shares] == [1, 1, 0]
    placed = [sorted(p.name for p in (spec(a_recovery(), n).staging / "logs").glob("a-*"))
              for n in range(3)]  # fmt: skip
    assert placed == [["a-0"], ["a-1"], ["a-0", "a-1"]]
    assert any("MiB" in text for text in told)


@pytest.mark.parametrize("stage", ["placing", "starting"])
def test_storage_is_formatted_meanwhile_as_long_as_nobody_founded_the_cluster(
    spec, backup, tmp_path, monkeypatch, stage
):
    asked = []
    monkeypatch.setattr(
        Programs, "format", lambda self, name, **more: asked.append((name, more["standalone"]))
    )
    recovery = a_recovery(stage=stage)
    # As it stands in the specification.
    told = json.dumps(Programs(*[tmp_path] * 4).told())
    programs = pydantic.TypeAdapter(Programs).validate_json(told)
    for node in range(3):
        made = spec(recovery, node).model_copy(update={"programs": programs})
        assert restoring.work(made, recovery, lambda text: None).state == "placed"
    new = recovery.cluster_id
    expected = [(new, True), (new, False), (new, False)] if stage == "placing" else []
    assert asked == expected


def test_users_of_relations_are_the_charm_s_to_make(spec, backup):
    restoring.work(spec(a_recovery()), a_recovery(), lambda text: None)
    path = spec(a_recovery()).staging / "logs" / "bootstrap.restored"
    image = metadata.Image.of(one for _, one in metadata.read_file(path))
    assert list(image.scram) == [("kept", 2)]


@pytest.mark.parametrize(
    ("change", "why"),
    [({"backup": "20200101T000000Z"}, "20200101T000000Z"), ({"topics": ("b",)}, "no topic b")],
)
def test_what_cannot_be_had_is_told(spec, backup, change, why):
    share = restoring.work(spec(a_recovery(**change)), a_recovery(**change), lambda text: None)
    assert share.state == "failed" and why in share.text


def test_only_what_was_asked_for_is_placed(spec, backup):
    """Its records are of one moment, before which nothing is left."""
    moment = 1_700_000_000_000
    for to_time, cut, size in ((moment, 0, 2), (moment - 1, 2, 0)):
        recovery = a_recovery(members=(0,), topics=("a",), to_time=to_time, name=f"r{cut}")
        made = spec(recovery, cut)
        share = restoring.work(made.model_copy(update={"node": 0}), recovery, lambda text: None)
        assert share.state == "placed", share
        assert (share.account["partitions"], share.account["cut"]) == (2, cut)
        logs = (made.staging / "logs").glob("a-*/*.log")
        assert sum(path.stat().st_size > 0 for path in logs) == size


def changed(content, how):
    return content[:-9] if how == "truncated" else bytes([*content[:-3], content[-3] ^ 1, 0, 0])


@pytest.mark.parametrize("how", ["missing", "flipped", "truncated"])
@pytest.mark.parametrize("what", ["records", "metadata"])
def test_a_damaged_object_is_named_and_nothing_is_placed(spec, backup, target, what, how):
    piece = (
        backup.metadata.files[0].pieces[0]
        if what == "metadata"
        else backup.partitions[0].segments[0].pieces[0]
    )
    path = pathlib.Path(target.directory) / "old" / piece.object_key
    content = path.read_bytes()
    path.unlink() if how == "missing" else path.write_bytes(changed(content, how))
    share = restoring.work(spec(a_recovery()), a_recovery(), lambda text: None)
    assert share.state == "failed" and piece.sha256[:12] in share.text
    assert not (spec(a_recovery()).staging / "logs" / restoring.MARK).exists()
    # Once it is mended the same restore goes on.
    path.write_bytes(content)
    share = restoring.work(spec(a_recovery()), a_recovery(), lambda text: None)
    assert share.state == "placed", share


@pytest.mark.parametrize(("text", "why"), [('{"format": 1, "id"', "truncated"),
                                           ('{"format": 9}', "format 9")])  # fmt: skip
def test_a_manifest_that_changed_meanwhile_is_refused(spec, backup, target, text, why):
    Shelf(open_store(target), "old").put(manifest_key(backup.id), text.encode())
    share = restoring.work(spec(a_recovery()), a_recovery(), lambda text: None)
    assert share.state == "failed" and why in share.text


@pytest.mark.parametrize("key", [None, Key.new()])
def test_a_wrong_key_is_named(spec, backup, target, key):
    right = Key.new()
    shelf = Shelf(open_store(target), "old")
    first = backup.metadata.files[0].pieces[0]
    content = metadata_bytes(target, first)
    sealed = first.model_copy(update={"key": right.id, "stored": 1})
    shelf.put(sealed.object_key, right.seal(content, first.sha256))
    file = backup.metadata.files[0].model_copy(update={"pieces": (sealed,)})
    told = backup.metadata.model_copy(update={"files": (file,)})
    shelf.write(manifest_key(backup.id), backup.model_copy(update={"metadata": told}))
    made = spec(a_recovery()).model_copy(
        update={"key": pydantic.SecretStr(key.text if key else "")}
    )
    share = restoring.work(made, a_recovery(), lambda text: None)
    assert share.state == "failed" and f"sealed with key {right.id}" in share.text


def metadata_bytes(target, piece):
    return (pathlib.Path(target.directory) / "old" / piece.object_key).read_bytes()


def test_a_store_that_is_away_is_named(spec, backup, target):
    away = target.model_copy(update={"directory": "/none/there"})
    made = spec(a_recovery()).model_copy(update={"target": away})
    share = restoring.work(made, a_recovery(), lambda text: None)
    assert share.state == "failed" and "/none/there" in share.text


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (403, "SignatureDoesNotMatch", "correct the keys"),
        (404, "NoSuchBucket", "there is no bucket mine"),
    ],
)
def test_a_store_that_refuses_is_named(spec, backup, refusing, status, code, why):
    refusing.says(status, code)
    made = spec(a_recovery()).model_copy(update={"target": refusing.target})
    share = restoring.work(made, a_recovery(), lambda text: None)
    assert share.state == "failed" and why in share.text and "very-secret" not in share.text


def test_the_process_says_how_it_ended_and_keeps_no_key(spec, backup, tmp_path, monkeypatch):
    woken = []
    monkeypatch.setattr(wake, "call", lambda unit, program: woken.append(unit))
    path = tmp_path / "restoring.json"
    made = spec(a_recovery())
    path.write_text(json.dumps(made.model_dump(mode="json", context={"revealed": True})))
    assert restoring.main(str(path)) == 0
    share = Share.from_text((tmp_path / restoring.SHARE).read_text())
    assert (share.name, share.state) == ("r1", "placed")
    assert woken == ["kafka/0"] and not path.exists()
    assert restoring.main(str(path)) == 0


def test_where_the_logs_end_is_written_down_before_clients_are_let_in(
    spec, backup, target, monkeypatch
):
    import admin
    import group_admin

    bounds = {("a", 0): (0, 1), ("a", 1): (0, 2), ("b", 2): (3, 9)}
    client = SimpleNamespace(close=lambda: None)
    monkeypatch.setattr(admin, "connect", lambda *_: client)
    monkeypatch.setattr(group_admin, "partitions", lambda _: list(bounds))
    monkeypatch.setattr(group_admin, "bounds", lambda *_: bounds)
    monkeypatch.setattr(group_admin, "tell", lambda *_: 0)
    recovery = a_recovery(backup=backup.id, source="old", cluster_id="new")
    assert restoring.finish(spec(recovery, mode="finish"), recovery, str) == {"groups": 0}
    told = Shelf(open_store(target), "new").need(RestoredEnds, RESTORED)
    assert (told.id, told.source, told.until) == (backup.id, "old", backup.began)
    assert [(one.topic, one.ends) for one in told.topics] == [("a", (1, 2)), ("b", (0, 0, 9))]
    earlier = a_recovery(backup=backup.id, source="old", cluster_id="new", to_time=1000)
    restoring.finish(spec(earlier, mode="finish"), earlier, str)
    assert Shelf(open_store(target), "new").need(RestoredEnds, RESTORED).until.timestamp() == 1
