# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From uploads to one archive with its page."""

import datetime
import shutil
import tarfile
from pathlib import Path

import pytest
import zstandard
from world import NOON

from archive import Archive
from dataops.objectstore import Target
from dataops.operations import OperationError, Work
from dataops.snapshot import manifest
from dataops.snapshot.account import Account, Finding, Piece
from dataops.snapshot.collector import Receipt
from dataops.snapshot.package import pack, unpack
from journal import Kind, append
from observed import Observed
from operations.assemble_snapshot import KEPT, VERB, AssembleSpec
from postmortem.told import Absent, Ill, Past


@pytest.fixture
def upload(tmp_path):
    """Puts a unit's archive where the collector would."""

    def put(unit, *lines, findings=(), ahead=0.0):
        folder = unit.replace("/", "-")
        place, incoming = tmp_path / "made" / folder, tmp_path / "incoming"
        (place / "logs").mkdir(parents=True)
        incoming.mkdir(exist_ok=True)
        (place / "logs" / "server.log").write_text("".join(f"{line}\n" for line in lines))
        stamped = [f"{line.split()[0][:-1]}.000000Z" for line in lines]
        (place / "timeline.log").write_text(
            "".join(
                f"{stamp} {unit} logs/server.log:{n} | {line}\n"
                for n, (stamp, line) in enumerate(zip(stamped, lines, strict=True), start=1)
            )
        )
        piece = Piece(name="logs/server.log", bytes=1, removed={"password of relation-7": 2})
        account = Account(unit=unit, summary=f"{unit} is here", findings=findings, pieces=(piece,))
        (place / "unit.json").write_text(account.model_dump_json())
        archive = pack(place, incoming / f"{folder}.tar.zst", folder)
        digest = manifest.digest(archive)
        receipt = Receipt(unit=folder, bytes=1, sha256=digest, received=NOON, clock_ahead=ahead)
        (incoming / f"{folder}.json").write_text(receipt.model_dump_json())
        return archive

    return put


@pytest.fixture
def spec(tmp_path):
    return AssembleSpec(
        number=7,
        model="pipeline",
        unit="day2/0",
        incoming=tmp_path / "incoming",
        folder=tmp_path / "reports" / "7",
        reports=tmp_path / "reports",
        ills=(Ill(unit="kafka/1", name="broker", detail="gone", next_move="start it"),),
        absent=(Absent(unit="spark/0", reason="No answer", fetch="juju scp spark/0:/x ."),),
        past=(Past(title="snapshot #7", requested="now", state="running"),),
    )


def opened(result, place):
    unpack(Path(result.archive), place, 1 << 24)
    return place


def test_one_archive_with_everything_in_the_order_of_time(upload, spec, tmp_path):
    now = datetime.datetime.now(datetime.timezone.utc)
    upload(
        "kafka/0",
        "2026-11-22T18:43:13Z INFO up",
        f"{now:%Y-%m-%dT%H:%M:%S}Z ERROR Disk 7 is full",
        findings=(Finding(severity="warning", title="1 partitions lacking a copy"),),
    )
    upload("kafka/1", "2026-11-22T18:43:12Z ERROR Disk 9 is full", ahead=-7.5)
    result = VERB.work(Work(spec))
    assert result.units == ("kafka/0", "kafka/1")
    assert result.missing == ("spark/0: No answer juju scp spark/0:/x .",)
    assert result.fetch == f"juju scp day2/0:{result.archive} ."
    assert result.archive.endswith("reports/7/snapshot-7.tar.zst")
    assert result.removed == 4
    assert manifest.digest(Path(result.archive)) == result.sha256
    place = opened(result, tmp_path / "opened")
    assert manifest.flaws(place) == ()
    assert [line.split(" ")[1] for line in (place / "timeline.log").read_text().splitlines()] == [
        "kafka/1", "kafka/0", "kafka/0",
    ]  # fmt: skip
    html = (place / "index.html").read_text()
    order = ["spark/0 is not in this snapshot", "health check broker of kafka fails"]
    order += ["1 partitions lacking a copy", "the clock of kafka/1 is off"]
    places = [html.index(text) for text in order]
    assert places == sorted(places), "the gravest comes first"
    assert "<b>2 times</b> <code>Disk 9 is full</code>" in html, "numbers do not tell errors apart"
    assert 'href="kafka-0/logs/server.log"' in html
    assert "http" not in html.replace("http-equiv", ""), "it needs nothing from elsewhere"
    assert not (tmp_path / "reports" / "7" / ".snapshot-7").exists()
    assert (tmp_path / "reports" / "7" / "index.html").read_text() == html


def test_a_tampered_upload_is_named_and_left_out(upload, spec):
    upload("kafka/0", "2026-11-22T18:43:13Z INFO up")
    with upload("kafka/1", "2026-11-22T18:43:13Z INFO up").open("ab") as file:
        file.write(b"more")
    result = VERB.work(Work(spec))
    assert result.units == ("kafka/0",)
    assert "kafka/1: its archive cannot be used: it is not what was uploaded" in result.missing


def test_a_foreign_unit_gives_any_files(upload, spec, tmp_path):
    """One that follows the documentation alone: no account, no timeline."""
    archive = upload("tenth/0", "2026-11-22T18:43:13Z INFO up")
    place = tmp_path / "made" / "tenth-0"
    (place / "unit.json").unlink()
    (place / "timeline.log").write_text("what is this\n")
    pack(place, archive, "whatever")
    receipt = Receipt(unit="tenth-0", bytes=1, sha256=manifest.digest(archive), received=NOON)
    archive.with_name("tenth-0.json").write_text(receipt.model_dump_json())
    result = VERB.work(Work(spec))
    assert result.units == ("tenth/0",)
    assert "It gives no account" in (opened(result, tmp_path / "o") / "index.html").read_text()


def test_text_from_logs_is_never_markup(upload, spec, tmp_path):
    upload("kafka/0", "2026-11-22T18:43:13Z ERROR <script>alert(1)</script>")
    html = (opened(VERB.work(Work(spec)), tmp_path / "o") / "index.html").read_text()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_an_upload_in_time_counts_though_its_answer_was_late(upload, spec):
    upload("spark/0", "2026-11-22T18:43:13Z INFO up")
    assert VERB.work(Work(spec)).missing == ()


def test_killed_and_begun_again_it_makes_the_same(upload, spec, tmp_path):
    upload("kafka/0", "2026-11-22T18:43:13Z INFO up")
    left = spec.folder / ".snapshot-7"
    left.mkdir(parents=True)
    (left / "half").write_text("x")
    first = VERB.work(Work(spec, restarted=True))
    second = VERB.work(Work(spec, restarted=True))
    names = set()
    for result in (first, second):
        with open(result.archive, "rb") as raw:
            stream = zstandard.ZstdDecompressor().stream_reader(raw)
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                names.add(tuple(archive.getnames()))
    assert len(names) == 1
    assert not any("half" in name for name in names.pop())


def test_only_the_newest_are_kept(upload, spec, tmp_path):
    for number in range(20, 20 + KEPT + 2):
        upload("kafka/0", "2026-11-22T18:43:13Z INFO up").rename(tmp_path / "keep")
        (tmp_path / "keep").rename(tmp_path / "incoming" / "kafka-0.tar.zst")
        again = {"number": number, "folder": tmp_path / "reports" / str(number)}
        VERB.work(Work(spec.model_copy(update=again)))
        shutil.rmtree(tmp_path / "made")
    left = sorted((tmp_path / "reports").glob("*/snapshot-*.tar.zst"))
    assert [path.parent.name for path in left] == [str(n) for n in range(22, 22 + KEPT)]


def test_nothing_at_all_is_a_failure_with_its_reasons(spec):
    spec.incoming.mkdir()
    with pytest.raises(OperationError, match="spark/0: No answer"):
        VERB.work(Work(spec))


def test_a_leader_that_has_changed_says_where_the_archives_are(tmp_path):
    facts = Observed(unit="day2/1", model="m", leader=True)
    with pytest.raises(OperationError, match=r"day2/0, which leads no more.*day2/leader snapshot"):
        VERB.prepare(VERB.context(facts, Archive(tmp_path, 7), {"unit": "day2/0"}))


def test_what_the_journal_tells_comes_along(tmp_path):
    plan = {"name": "tour", "description": "x", "steps": [{"name": "a", "verb": "look"}]}
    journal = append((), NOON, Kind.REQUESTED, 7, {"plan": plan})
    facts = Observed(unit="day2/0", model="m", leader=True, journal=journal)
    prepared = VERB.prepare(VERB.context(facts, Archive(tmp_path, 7), {"unit": "day2/0"}))
    assert prepared.number == 7
    assert [each.title for each in prepared.past] == ["tour #7"]
    assert prepared.absent == ()


def test_a_copy_goes_into_the_store_when_it_is_wanted(upload, spec, tmp_path):
    upload("kafka/0", "2026-11-22T18:43:13Z INFO up")
    (tmp_path / "store").mkdir()
    store = Target(kind="local", directory=str(tmp_path / "store"))
    result = VERB.work(Work(spec.model_copy(update={"store": store})))
    assert result.stored == f"snapshots/snapshot-7.tar.zst in {tmp_path / 'store'}"
    assert result.stored in result.summary
    copy = tmp_path / "store" / "snapshots" / "snapshot-7.tar.zst"
    assert manifest.digest(copy) == result.sha256


def test_a_store_that_does_not_answer_costs_the_copy_and_not_the_snapshot(upload, spec, tmp_path):
    upload("kafka/0", "2026-11-22T18:43:13Z INFO up")
    store = Target(kind="local", directory=str(tmp_path / "nowhere"))
    result = VERB.work(Work(spec.model_copy(update={"store": store})))
    assert "There is no directory" in result.not_stored
    assert Path(result.archive).exists()
    assert result.summary.endswith("Not in the store.")


def test_without_a_store_it_says_how_to_have_one(upload, spec, tmp_path):
    plan = {"name": "tour", "description": "x", "steps": [{"name": "a", "verb": "look"}]}
    journal = append((), NOON, Kind.REQUESTED, 7, {"plan": plan})
    facts = Observed(unit="day2/0", model="m", leader=True, journal=journal)
    asked = {"unit": "day2/0", "store": True}
    told = VERB.prepare(VERB.context(facts, Archive(tmp_path, 7), asked))
    upload("kafka/0", "2026-11-22T18:43:13Z INFO up")
    result = VERB.work(Work(spec.model_copy(update={"no_store": told.no_store})))
    assert "juju integrate day2:s3" in result.not_stored
    assert result.stored is None
