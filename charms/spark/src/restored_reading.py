# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A Spark query over the cluster of a rehearsal, and what it read against the manifest's hashes.

Spark runs it by itself, in one process on this machine: no executor of the jobs gives up anything
for it, and the key that opens the rehearsal stays here. Knows no Juju.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dataops.backup.content import Digest
from dataops.backup.records import Record
from dataops.backup.rehearsed import READER, Readable, ReadablePortion
from dataops.backup.scratch import Scratch
from dataops.certificates import keystore
from dataops.host.files import ensure_contents
from settings import java_options, properties

_HERE = Path(__file__).parent
_SCRIPT = "restored_query.py"
_KEY, _QUERY, _RECORDS, _ANSWER = "key.pem", "query.json", "records.jsonl", "answer.json"
_PATIENCE = 1500.0
_OWNER = ("JUJU_MODEL_UUID", "JUJU_UNIT_NAME", "JUJU_MACHINE_ID")

Place = tuple[str, int]


class NoKeyError(Exception):
    """Nobody made a key here for this rehearsal; the message says so."""


@dataclasses.dataclass(frozen=True)
class Programs:
    """What runs the query.

    Attributes:
        spark_home, python_path, java_home, python: of the installation.
        jars: the Kafka connector.
        address: of this unit.
        memory: the heap of the one process.
    """

    spark_home: Path
    python_path: Path
    java_home: Path
    python: str
    jars: tuple[Path, ...]
    address: str
    memory: str


def make_key(scratch: Scratch, user: str | None) -> str:
    """The public half of a key that is good for one rehearsal, PEM; the other one stays here."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    scratch.make()
    key = ec.generate_private_key(ec.SECP256R1())
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    ensure_contents(scratch.directory / _KEY, text, mode=0o600, owner=user)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def options(restored: Readable, place: Path) -> dict[str, str]:
    """Options of Spark's Kafka source: which records, and where the key is; no secret."""
    assigned: dict[str, list[int]] = {}
    starts: dict[str, dict[str, int]] = {}
    ends: dict[str, dict[str, int]] = {}
    for one in restored.portions:
        assigned.setdefault(one.topic, []).append(one.partition)
        starts.setdefault(one.topic, {})[str(one.partition)] = one.start
        ends.setdefault(one.topic, {})[str(one.partition)] = one.end
    return {
        "assign": json.dumps(assigned),
        "startingOffsets": json.dumps(starts),
        "endingOffsets": json.dumps(ends),
        "includeHeaders": "true",
        "groupIdPrefix": READER,
        "kafka.bootstrap.servers": restored.server,
        "kafka.security.protocol": "SSL",
        "kafka.ssl.keystore.type": "PEM",
        "kafka.ssl.keystore.location": str(place / "keystore.pem"),
        "kafka.ssl.truststore.type": "PEM",
        "kafka.ssl.truststore.location": str(place / "truststore.pem"),
    }


def run(
    scratch: Scratch,
    user: str | None,
    restored: Readable,
    programs: Programs,
    tell: Callable[[], None],
) -> tuple[int, list[str]]:
    """How many records Spark read, and what is wrong with them.

    Args:
        scratch: where the key was made.
        user: whom Spark runs as.
        restored: what to read.
        programs: what runs it.
        tell: is called again and again meanwhile; it may raise.

    Raises:
        NoKeyError: none was made here.
        ScratchError: Spark ended without an answer, or takes too long.
    """
    place = scratch.directory
    if not (place / _KEY).is_file():
        raise NoKeyError(f"There is no key of a rehearsal in {place}")
    # Of a process before this one, which was killed.
    scratch.end()
    (place / _ANSWER).unlink(missing_ok=True)
    for name, text in _files(restored, place, programs).items():
        ensure_contents(place / name, text, mode=0o600, owner=user)
    log = place / "spark.log"
    scratch.begin(_command(scratch, programs), log, _environment(place, programs))

    def answered() -> bool:
        tell()
        return (place / _ANSWER).exists()

    scratch.wait(answered, _PATIENCE, log, what="query")
    counted = json.loads((place / _ANSWER).read_text(encoding="utf-8"))
    with (place / _RECORDS).open(encoding="utf-8") as lines:
        return compared(restored.portions, counted, records(lines))


def records(lines: Iterable[str]) -> Iterator[tuple[Place, Record]]:
    """Where each record was, and what it is."""
    for text in lines:
        topic, partition, offset, stamp, key, value, headers = json.loads(text)
        pairs = tuple((str(name).encode(), _bytes(held)) for name, held in headers)
        yield (topic, partition), Record(offset, stamp, _bytes(key), _bytes(value), pairs)


def compared(
    portions: Iterable[ReadablePortion],
    counted: Iterable[Mapping[str, Any]],
    found: Iterable[tuple[Place, Record]],
) -> tuple[int, list[str]]:
    """How many records there are, and where they are not those that the manifest's hashes mean.

    Args:
        portions: what was to be read.
        counted: by partition, how many records SQL counts, and the first and the last offset.
        found: the records, in order of their offsets.
    """
    digests: dict[Place, Digest] = {}
    for place, record in found:
        digests.setdefault(place, Digest()).add(record)
    counts = {(one["topic"], one["partition"]): one for one in counted}
    problems: list[str] = []
    for one in portions:
        place = one.topic, one.partition
        digest = digests.get(place, Digest())
        where = f"{one.topic}-{one.partition} from offset {one.start} to {one.end}"
        if digest.hexdigest() != one.sha256:
            problems.append(f"{where} has other records than were backed up")
        sql = counts.get(place, {"records": 0})
        if sql["records"] != digest.records:
            problems.append(f"{where}: SQL counts {sql['records']} records of {digest.records}")
        elif digest.records and not one.start <= sql["first"] <= sql["last"] < one.end:
            problems.append(f"{where}: SQL finds offsets {sql['first']} to {sql['last']}")
    return sum(digest.records for digest in digests.values()), problems


def _files(restored: Readable, place: Path, programs: Programs) -> dict[str, str]:
    """What Spark reads, by name."""
    key = (place / _KEY).read_text(encoding="utf-8")
    told = {"options": options(restored, place), "records": _RECORDS, "answer": _ANSWER}
    template = string.Template((_HERE / "templates" / "log4j2.properties").read_text())
    return {
        "keystore.pem": keystore(key, restored.certificate, ()),
        "truststore.pem": restored.authority,
        _QUERY: json.dumps(told, indent=2),
        _SCRIPT: (_HERE / _SCRIPT).read_text(encoding="utf-8"),
        "log4j2.properties": template.substitute(level="WARN"),
        "spark-defaults.conf": properties(
            {
                "spark.master": "local[1]",
                "spark.driver.host": programs.address,
                "spark.driver.bindAddress": programs.address,
                "spark.driver.memory": programs.memory,
                "spark.jars": ",".join(map(str, programs.jars)),
                "spark.ui.enabled": "false",
                "spark.sql.session.timeZone": "UTC",
                "spark.sql.shuffle.partitions": "1",
            }
        ),
    }


def _command(scratch: Scratch, programs: Programs) -> tuple[str, ...]:
    java = " ".join((java_options(scratch.directory), *scratch.options))
    submit = str(programs.spark_home / "bin" / "spark-submit")
    query = str(scratch.directory / _QUERY)
    return submit, "--driver-java-options", java, str(scratch.directory / _SCRIPT), query


def _environment(place: Path, programs: Programs) -> dict[str, str]:
    # Of this process only to whom it belongs: whoever clears a machine finds processes by that.
    owner = {name: os.environ[name] for name in _OWNER if name in os.environ}
    return owner | {
        "PATH": os.environ.get("PATH", os.defpath),
        # As services have them: a system user has no home, and Java takes its encoding from LANG.
        "HOME": str(place),
        "LANG": "C.UTF-8",
        "JAVA_HOME": str(programs.java_home),
        "PYSPARK_PYTHON": programs.python,
        "PYTHONPATH": str(programs.python_path),
        "SPARK_CONF_DIR": str(place),
        "SPARK_HOME": str(programs.spark_home),
        "SPARK_LOCAL_DIRS": str(place),
        "SPARK_LOCAL_IP": programs.address,
    }


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
