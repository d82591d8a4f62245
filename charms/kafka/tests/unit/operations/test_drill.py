# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import re
import shutil

import pytest
from builders import but, observed
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import operations.drill as module
from dataops.backup import catalogue
from dataops.backup.manifest import Manifest, ManifestError, manifest_key
from dataops.backup.metadata import DIRECTORY, write_checkpoint
from dataops.backup.restoration import RestoreError
from dataops.backup.sealed import Key, WrongKeyError
from dataops.backup.shelf import DamagedError, Shelf
from dataops.host import services
from dataops.objectstore import StoreError, Target, open_store
from dataops.operations import OperationError, Work
from dataops.testing import FakeServices
from dataops.testing.backups import backup_of
from drill import Drilled, Live
from drill_checks import Measured, Portion
from operations import clear_rehearsal
from operations.drill import Spec, prepare, work


class Told:
    class workload:  # noqa: N801
        class broker:  # noqa: N801
            user = None
            address = "10.0.0.1"

        class backup_keys:  # noqa: N801
            @staticmethod
            def current():
                return None

    def __init__(self, o, **params):
        self.observed = o
        self.params = module.DrillParams(**params)


@pytest.fixture
def target(tmp_path):
    (tmp_path / "store").mkdir()
    return Target(kind="local", directory=str(tmp_path / "store"))


@pytest.fixture
def shelf(target, tmp_path):
    (tmp_path / "data" / DIRECTORY).mkdir(parents=True)
    (tmp_path / "data" / DIRECTORY / f"{0:020}.log").write_bytes(write_checkpoint([], 1))
    shelf = Shelf(open_store(target), "live")
    backup_of(tmp_path / "data", shelf)
    return shelf


@pytest.fixture
def spec(target, tmp_path):
    def made(**more):
        sound = {
            "unit": "kafka/0", "app": "kafka", "root": tmp_path / "workload",
            "storage": tmp_path, "user": None, "sources": ("new", "live"), "target": target,
        }  # fmt: skip
        return Spec(**{**sound, **more})

    return made


def drilled(**more):
    sound = {
        "backup": "20261122T215036Z", "measured": Measured(9.0, 7.0, 3, 1500), "partitions": 4,
        "bytes": 5_000_000, "sampled": 20, "hashed": 9, "groups": 1, "acls": 2, "topics": 2,
        "resumed": "g in a-0 at 7", "problems": (),
    }  # fmt: skip
    return Drilled(**{**sound, **more})


def public():
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def begin(spec):
    return work(Work(spec=spec, restarted=False, tell=lambda *a: None, asked_to_end=lambda: False))


def test_it_asks_for_what_it_needs(target):
    with pytest.raises(OperationError, match="no place for backups"):
        prepare(Told(observed()))
    with pytest.raises(OperationError, match="does not answer"):
        prepare(Told(but(observed(), store=target, cluster=None)))
    with pytest.raises(OperationError, match="no storage"):
        prepare(Told(but(observed(), storage=None)))
    made = prepare(Told(but(observed(), store=target)))
    assert len(made.addresses) == 3 and made.sources == (observed().agreement.cluster_id,)


def test_what_was_found_is_told_and_stands_beside_the_backup(spec, shelf, monkeypatch):
    monkeypatch.setattr(module, "_drilled", lambda *given: drilled())
    result = begin(spec(rto=10, rpo=2))
    assert (result.rto_seconds, result.rpo_records, result.rpo_ms) == (9.0, 3, 1500)
    assert "4 partitions of 5.0 MB" in result.summary
    verdict = catalogue.entry(shelf, "20261122T215036Z").drill
    assert verdict and verdict.well and verdict.facts["rpo_records"] == 3


@pytest.mark.parametrize(
    ("found", "limits", "why"),
    [
        (drilled(problems=("a-0 has another content",)), {}, "a-0 has another content"),
        (drilled(), {"rto": 8}, "RTO 9.0 s is above the limit of 8 s"),
        (drilled(), {"rpo": 1}, "RPO 1.5 s is above the limit of 1 s"),
    ],
)
def test_what_is_wrong_fails_it_and_is_kept(spec, shelf, monkeypatch, found, limits, why):
    monkeypatch.setattr(module, "_drilled", lambda *given: found)
    with pytest.raises(OperationError, match=why):
        begin(spec(**limits))
    verdict = catalogue.entry(shelf, "20261122T215036Z").drill
    assert verdict and not verdict.well and why in verdict.problems[0]


def test_nothing_is_left_whatever_happens(spec, shelf, tmp_path, monkeypatch):
    def fails(*given):
        assert (tmp_path / "rehearsal").exists()
        raise OperationError("the broker ended")

    monkeypatch.setattr(module, "_drilled", fails)
    with pytest.raises(OperationError, match="the broker ended"):
        begin(spec())
    assert not (tmp_path / "rehearsal").exists()


def test_a_backup_that_is_not_there_is_named(spec, target):
    with pytest.raises(OperationError, match="no good backup of kafka"):
        begin(spec())
    with pytest.raises(OperationError, match="no finished backup 20200101T000000Z"):
        begin(spec(backup="20200101T000000Z"))


def test_what_is_no_key_is_named(target):
    with pytest.raises(OperationError, match="reader: 'hello' is no public key in PEM"):
        prepare(Told(but(observed(), store=target), reader="hello"))
    key = public()
    made = prepare(Told(but(observed(), store=target), reader=key))
    assert (made.reader, made.own) == (key, "10.0.0.1")


@pytest.fixture
def readers(spec, shelf, monkeypatch):
    """A rehearsal for a reader; whose cluster stands when it is over."""
    kept = FakeServices()
    monkeypatch.setattr(services, "manager", lambda paths, unit: kept)

    def run(problems=()):
        def drills(work, manifest, pieces, cluster):
            cluster.paths.etc.mkdir(parents=True)
            for name in ("truststore.pem", "reader.pem"):
                (cluster.paths.etc / name).write_text(name)
            place = cluster.scratch.directory
            cluster.scratch.keep(["/usr/bin/java"], place / "log")
            readable = (Portion(("a", 0), 2, 9, "1" * 64),)
            return drilled(problems=problems, readable=readable)

        monkeypatch.setattr(module, "_drilled", drills)
        return begin(spec(reader=public(), own="127.0.0.1"))

    return kept, run


def test_it_stands_for_its_reader_until_it_is_cleared_up(readers, spec, tmp_path):
    kept, run = readers
    told = run()
    assert told.readable.server.startswith("127.0.0.1:")
    assert (told.readable.authority, told.readable.certificate) == ("truststore.pem", "reader.pem")
    (one,) = told.readable.portions
    assert (one.topic, one.partition, one.start, one.end) == ("a", 0, 2, 9)
    assert "Spark" not in told.summary
    assert "rehearsal" in kept.running and (tmp_path / "rehearsal").exists()
    there = but(observed(), storage=tmp_path)
    cleared = clear_rehearsal.VERB.call(there, None, {})
    assert cleared.found and cleared.summary == "kafka/0: what a rehearsal left was removed."
    assert not kept.defined and not (tmp_path / "rehearsal").exists()


def test_one_that_finds_something_wrong_stands_for_nobody(readers, tmp_path):
    kept, run = readers
    with pytest.raises(OperationError, match="a-0 has another content"):
        run(problems=("a-0 has another content",))
    assert not kept.defined and not (tmp_path / "rehearsal").exists()


def test_without_a_reader_it_says_so(spec, shelf, monkeypatch):
    monkeypatch.setattr(module, "_drilled", lambda *given: drilled())
    told = begin(spec())
    assert told.readable is None and "No Spark query was asked for" in told.summary


BACKUP = "20261122T215036Z"


@pytest.mark.parametrize(
    ("text", "why"), [('{"format": 1, "id"', "truncated"), ('{"format": 9}', "format 9")]
)
def test_a_manifest_that_cannot_be_read_is_named(spec, shelf, tmp_path, text, why):
    shelf.put(manifest_key(BACKUP), text.encode())
    with pytest.raises(ManifestError, match=why):
        begin(spec(backup=BACKUP))
    assert not (tmp_path / "rehearsal").exists()


def test_a_store_that_is_gone_is_named(spec, shelf, target, tmp_path):
    shutil.rmtree(target.directory)
    with pytest.raises(StoreError, match=re.escape(target.directory)):
        begin(spec())
    assert not (tmp_path / "rehearsal").exists()


@pytest.mark.parametrize("how", ["missing", "flipped", "truncated", "sealed"])
def test_a_damaged_object_is_named_and_nothing_is_left(spec, shelf, tmp_path, monkeypatch, how):
    monkeypatch.setattr(Live, "ends", lambda live: {})
    manifest = shelf.read(Manifest, manifest_key(BACKUP))
    piece = manifest.metadata.files[0].pieces[0]
    content = shelf.get(piece.object_key)
    if how == "sealed":
        key = Key.new()
        sealed = piece.model_copy(update={"key": key.id, "stored": 1})
        shelf.put(sealed.object_key, key.seal(content, piece.sha256))
        file = manifest.metadata.files[0].model_copy(update={"pieces": (sealed,)})
        told = manifest.metadata.model_copy(update={"files": (file,)})
        shelf.write(manifest_key(BACKUP), manifest.model_copy(update={"metadata": told}))
    elif how == "missing":
        shelf.delete([piece.object_key])
    else:
        changed = content[:-9] if how == "truncated" else bytes([content[0] ^ 1, *content[1:]])
        shelf.put(piece.object_key, changed)
    wrong = f"sealed with key {key.id}" if how == "sealed" else piece.sha256[:12]
    with pytest.raises((DamagedError, RestoreError, WrongKeyError), match=wrong):
        begin(spec())
    assert not (tmp_path / "rehearsal").exists()
    # A rehearsal that could not be done has proved nothing, neither way.
    assert catalogue.entry(shelf, BACKUP).drill is None
