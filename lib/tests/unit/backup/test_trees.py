# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import os
import random

import pytest

from dataops.backup.catalogue import State, entries
from dataops.backup.cut import CutError
from dataops.backup.manifest import Manifest, TreeFile, UnreadableError, dump, load, manifest_key
from dataops.backup.pruning import prune
from dataops.backup.sealed import Key
from dataops.backup.shelf import DamagedError, Shelf
from dataops.backup.ship import Shipper
from dataops.backup.trees import Source, TreeError, cut, place, take
from dataops.backup.verification import Verification
from dataops.objectstore import Target, open_store

KEY = Key(bytes(32))


class World:
    """A tree of files, and a store."""

    def __init__(self, place):
        (place / "store").mkdir()
        self.root, self.state = place / "data", place / "state"
        self.root.mkdir()
        self.back = place / "back"
        self.shelf = Shelf(
            open_store(Target(kind="local", directory=str(place / "store"))), "spark-0"
        )
        self.during = lambda: None

    def write(self, path, content):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(content)

    def files(self, root=None):
        root = root or self.root
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }

    def listing(self):
        found = sorted(self.files())
        self.during()
        return found

    def take(self):
        source = Source(
            unit="spark/0", application="spark", model="m", release="4", root=self.root,
            state=self.state, listing=self.listing, steady=lambda: sorted(self.files()),
            facts=lambda links: {"files": len(self.files(links))},
        )  # fmt: skip
        with Shipper(self.shelf, key=KEY) as shipper:
            return take(self.shelf, shipper, source)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def _filled(world):
    source = random.Random(7)
    for number in range(40):
        world.write(f"checkpoints/job/offsets/{number}", source.randbytes(number * 50))
    world.write("empty", b"")
    world.write("z/empty-at-the-end", b"")
    world.write("blocks/01/chunks/000001", source.randbytes(20 << 20))
    world.write("events/big", b"line\n" * 700_000)


def test_every_file_comes_back(world):
    _filled(world)
    made = world.take()
    assert place(world.shelf, made, world.back) == made.totals.bytes == made.tree.bytes
    assert world.files(world.back) == world.files()
    assert made.tree.facts == {"files": len(world.files())}
    assert not (world.state / "links").exists()
    (entry,) = entries(world.shelf)
    assert entry.state is State.GOOD
    assert entry.files == len(world.files())


def test_a_second_backup_sends_only_what_is_new(world):
    _filled(world)
    world.take()
    world.write("blocks/02/chunks/000001", os.urandom(2 << 20))
    second = world.take()
    assert 2 << 20 <= second.totals.new < 3 << 20
    (world.state / "ledger.json").write_text("{")
    assert world.take().totals.new == 0


def test_what_is_appended_after_the_cut_is_not_in_it(world):
    world.write("events/log", b"1" * (3 << 20))
    world.write("small", b"1")
    sizes = cut(world.root, world.state, world.listing, lambda: 1)
    with (world.root / "events/log").open("ab") as file:
        file.write(b"2")
    assert sizes == {"events/log": 3 << 20, "small": 1}


def test_what_changes_while_it_is_linked_is_linked_again(world):
    world.write("commits/1", b"1")
    numbers = iter((2, 3))

    def commits():
        if number := next(numbers, None):
            world.write(f"commits/{number}", b"x")

    world.during = commits
    made = world.take()
    assert [file.path for file in made.tree.files] == ["commits/1", "commits/2", "commits/3"]


def test_files_that_never_stay_the_same_are_named(world, monkeypatch):
    monkeypatch.setattr("dataops.backup.trees._cut._PAUSE", 0.0)
    world.write("a", b"1")
    turns = iter(range(1000))
    with pytest.raises(CutError, match="changed all the time"):
        cut(world.root, world.state, world.listing, lambda: next(turns))


def test_a_damaged_object_is_found_and_nothing_is_put_back(world):
    _filled(world)
    made = world.take()
    piece = made.tree.bundle[0]
    world.shelf.put(piece.object_key, b"other")
    verdict = Verification(world.shelf, None).run(made, "spark/0", made.finished)
    assert not verdict.well
    assert "files: segments/" in verdict.problems[0]
    with pytest.raises(DamagedError):
        place(world.shelf, made, world.back)


def test_a_whole_backup_is_verified(world):
    _filled(world)
    made = world.take()
    verdict = Verification(world.shelf, None).run(made, "spark/0", made.finished)
    assert verdict.well
    assert verdict.facts["bytes"] == made.totals.bytes


def test_objects_of_files_stay_while_a_backup_needs_them(world):
    _filled(world)
    world.take()
    (world.root / "blocks/01/chunks/000001").unlink()
    second = world.take()
    done = prune(world.shelf, keep_last=1, keep_days=0, now=second.finished)
    assert len(done.backups) == 1
    assert done.objects >= 2
    place(world.shelf, second, world.back)
    assert world.files(world.back) == world.files()


def test_a_backup_of_kafka_is_no_tree(world):
    world.write("a", b"1")
    made = world.take().model_copy(update={"tree": None})
    with pytest.raises(TreeError, match="one of Kafka"):
        place(world.shelf, made, world.back)


@pytest.mark.parametrize("path", ["../etc/passwd", "/etc/passwd", "a//b", "a/./b", ""])
def test_no_manifest_leads_outside(world, path):
    world.write("a", b"1")
    made = world.take()
    file = TreeFile.model_construct(path=path, bytes=1, at=0, pieces=())
    evil = made.model_copy(update={"tree": made.tree.model_copy(update={"files": (file,)})})
    with pytest.raises(UnreadableError, match="relative to its tree"):
        load(Manifest, dump(evil), manifest_key(made.id))
