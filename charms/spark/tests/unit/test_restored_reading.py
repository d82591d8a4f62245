# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Spark read against the hashes; a program that behaves stands for Spark itself."""

import base64
import json
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

import restored_reading as reading
from dataops.backup.content import Digest
from dataops.backup.records import Record
from dataops.backup.rehearsed import Readable, ReadablePortion
from dataops.backup.scratch import Scratch, ScratchError
from dataops.operations import Cancelled
from dataops.testing.authority import FakeAuthority

RECORDS = [
    Record(4, 1000, b"k", b"v", ((b"h", b"1"), (b"h", None))),
    Record(6, -1, None, None, ()),
    Record(7, 3000, b"\xff", b"", ()),
]


def sha256(records):
    made = Digest()
    for one in records:
        made.add(one)
    return made.hexdigest()


def portion(**more):
    sound = {"topic": "a", "partition": 0, "start": 4, "end": 9, "sha256": sha256(RECORDS)}
    return ReadablePortion(**{**sound, **more})


def counted(**more):
    return {"topic": "a", "partition": 0, "records": 3, "first": 4, "last": 7, **more}


def compared(portions, counts, records=tuple(RECORDS)):
    return reading.compared(portions, counts, ((("a", 0), one) for one in records))


def test_the_same_records_have_the_same_hash():
    assert compared([portion()], [counted()]) == (3, [])
    empty = portion(partition=1, start=9, sha256=sha256([]))
    assert compared([portion(), empty], [counted()]) == (3, [])


@pytest.mark.parametrize(
    ("counts", "records", "problem"),
    [
        ([counted(records=2)], RECORDS[:2], "a-0 from offset 4 to 9 has other records"),
        ([], (), "a-0 from offset 4 to 9 has other records"),
        (
            [counted()],
            [RECORDS[0], RECORDS[1]._replace(value=b"x"), RECORDS[2]],
            "has other records than were backed up",
        ),
        ([counted(records=2)], RECORDS, "SQL counts 2 records of 3"),
        ([counted(last=9)], RECORDS, "SQL finds offsets 4 to 9"),
    ],
)
def test_others_are_named(counts, records, problem):
    _, problems = compared([portion()], counts, records)
    assert problem in problems[0]


def test_a_line_holds_a_record_as_it_is():
    def text(value):
        return None if value is None else base64.b64encode(value).decode()

    def line(one):
        headers = [[name.decode(), text(value)] for name, value in one.headers]
        fixed = ["a", 0, one.offset, one.timestamp]
        return json.dumps([*fixed, text(one.key), text(one.value), headers])

    lines = [line(one) for one in RECORDS]
    assert list(reading.records(lines)) == [(("a", 0), one) for one in RECORDS]


def readable(**more):
    # What a key of one authority is certified by is of no interest to the program here.
    authority = FakeAuthority().identity("127.0.0.1")
    sound = {
        "server": "10.0.0.1:9470", "authority": authority.ca, "certificate": authority.chain,
        "portions": (portion(), portion(topic="b", partition=2, start=0, end=1)),
    }  # fmt: skip
    return Readable(**{**sound, **more})


def test_spark_is_told_which_offsets_and_no_secret(tmp_path):
    told = reading.options(readable(), tmp_path)
    assert json.loads(told["assign"]) == {"a": [0], "b": [2]}
    assert json.loads(told["startingOffsets"]) == {"a": {"0": 4}, "b": {"2": 0}}
    assert json.loads(told["endingOffsets"]) == {"a": {"0": 9}, "b": {"2": 1}}
    assert told["kafka.bootstrap.servers"] == "10.0.0.1:9470"
    assert told["kafka.ssl.keystore.location"] == f"{tmp_path}/keystore.pem"
    assert "PRIVATE" not in json.dumps(told)


@pytest.fixture
def scratch(tmp_path):
    made = Scratch(tmp_path / "rehearsal")
    yield made
    made.clear()


@pytest.fixture
def programs(tmp_path):
    """An installation whose spark-submit does what the test says."""

    def made(script):
        submit = tmp_path / "spark" / "bin" / "spark-submit"
        submit.parent.mkdir(parents=True)
        submit.write_text(f"#!{sys.executable}\n{script}")
        submit.chmod(0o755)
        here = tmp_path
        return reading.Programs(
            here / "spark", here, here, sys.executable, (here / "a.jar",), "127.0.0.1", "512m"
        )

    return made


ANSWERS = """
import json, os, pathlib, sys
place = pathlib.Path(sys.argv[-1]).parent
(place / "arguments").write_text(json.dumps([sys.argv, dict(os.environ)]))
(place / "records.jsonl").write_text("")
(place / "answer.json").write_text("[]")
"""


def test_the_key_is_on_the_disk_alone_and_goes_with_the_rest(scratch, programs):
    public = reading.make_key(scratch, None)
    key = (scratch.directory / "key.pem").read_text()
    assert "PUBLIC" in public and "PRIVATE" not in public
    empty = portion(sha256=sha256([]))
    given = readable(portions=(empty,), certificate=certified(key))
    assert reading.run(scratch, None, given, programs(ANSWERS), lambda: None) == (0, [])
    for name in ("key.pem", "keystore.pem"):
        assert (scratch.directory / name).stat().st_mode & 0o077 == 0
    secret = key.splitlines()[1]
    assert secret in (scratch.directory / "keystore.pem").read_text()
    assert secret not in (scratch.directory / "arguments").read_text()
    assert secret not in (scratch.directory / "query.json").read_text()
    assert (
        f"-Ddataops.scratch={scratch.directory}" in (scratch.directory / "arguments").read_text()
    )
    assert "spark.master=local[1]" in (scratch.directory / "spark-defaults.conf").read_text()


def test_each_rehearsal_has_a_key_of_its_own(scratch):
    assert reading.make_key(scratch, None) != reading.make_key(scratch, None)


def test_without_a_key_nothing_is_begun(scratch, programs):
    with pytest.raises(reading.NoKeyError, match="no key of a rehearsal"):
        reading.run(scratch, None, readable(), programs("raise SystemExit"), lambda: None)


def test_a_spark_that_ends_without_an_answer_says_why(scratch, programs):
    reading.make_key(scratch, None)
    given = readable(certificate=certified((scratch.directory / "key.pem").read_text()))
    with pytest.raises(ScratchError, match="query ended: no connection"):
        reading.run(
            scratch, None, given, programs("raise SystemExit('no connection')"), lambda: None
        )


def test_one_that_is_cancelled_ends_at_once(scratch, programs):
    reading.make_key(scratch, None)
    given = readable(certificate=certified((scratch.directory / "key.pem").read_text()))

    def cancelled():
        raise Cancelled

    with pytest.raises(Cancelled):
        reading.run(scratch, None, given, programs("import time; time.sleep(600)"), cancelled)


def certified(key):
    """A certificate for the key, signed with itself."""
    import datetime

    loaded = serialization.load_pem_private_key(key.encode(), password=None)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "reader")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(loaded.public_key()).serial_number(1).not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1)).sign(loaded, hashes.SHA256())
    )  # fmt: skip
    return made.public_bytes(serialization.Encoding.PEM).decode()


def test_the_script_is_there():
    assert (Path(reading.__file__).parent / "restored_query.py").is_file()
