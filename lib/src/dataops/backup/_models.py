# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The values that a backup's documents are made of."""

from __future__ import annotations

import enum
from typing import Annotated, Any

import pydantic

# The number of the format that this version writes, and the newest that it reads.
FORMAT = 1

Hash = Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, pydantic.Field(ge=0)]
# Kafka forbids everything else in a topic's name, and so does what we make paths of.
TopicName = Annotated[str, pydantic.StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
BackupId = Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9]{8}T[0-9]{6}Z(-[0-9]+)?$")]
# A hash, how it is coded, and the key that it was sealed with.
_KEY_ID = r"^[0-9a-f]{16}$"


class Value(pydantic.BaseModel):
    """Base of everything here: frozen; what a newer program of the same format adds is ignored."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")


class Piece(Value):
    """Some bytes of a file, stored once under the hash of their plain content.

    Attributes:
        sha256: of the plain bytes.
        bytes: how many plain bytes.
        stored: the size of the object.
        zstd: whether the object is compressed (before it is sealed).
        key: id of the key that the object is sealed with; None when it is not.
    """

    sha256: Hash
    bytes: Count
    stored: Count
    zstd: bool = False
    key: str | None = pydantic.Field(default=None, pattern=_KEY_ID)

    @property
    def object_key(self) -> str:
        """Where the object lies, below the cluster's directory of the store."""
        coded = f"{'.zst' if self.zstd else ''}{f'.{self.key}' if self.key else ''}"
        return f"segments/{self.sha256[:2]}/{self.sha256}{coded}"


class Span(Value):
    """The records of one piece, as a consumer sees them.

    Attributes:
        end: the offset after the piece's last.
        sha256: what `content.Digest` makes of those at or after the partition's `log_start`.
    """

    end: Count
    sha256: Hash


class Segment(Value):
    """One log file, or its beginning up to the high watermark.

    Attributes:
        base: the offset in the file's name.
        end: the offset after the last one of its batches.
        pieces: whole batches each, in order; together the file's bytes.
        spans: what each piece's records are; none where records were not hashed.
        max_timestamp: of its records, ms since 1970; None without records.
        closed: whether Kafka had begun the next file, so that this one is complete.
    """

    base: Count
    end: Count
    pieces: tuple[Piece, ...] = ()
    spans: tuple[Span, ...] = ()
    max_timestamp: int | None = None
    closed: bool = False

    @property
    def bytes(self) -> int:
        """The size of the file."""
        return sum(piece.bytes for piece in self.pieces)


class Epoch(Value):
    """From which offset on a leader epoch wrote."""

    epoch: Count
    start: Count


class Partition(Value):
    """One partition as one broker had it.

    Attributes:
        topic, index: which.
        log_start: the first offset that clients may read; records before it were deleted.
        end: the high watermark at the cut: the offset after the last record of the backup.
        leader_epoch: at the cut.
        epochs: every leader epoch that has records here, oldest first.
        segments: in order of their base.
        content: what `content.chain` makes of the pieces: equal for equal bytes.
        records: what it makes of the spans: equal for equal records; None where these were not
            hashed.
    """

    topic: TopicName
    index: Count
    log_start: Count = 0
    end: Count
    leader_epoch: int = 0
    epochs: tuple[Epoch, ...] = ()
    segments: tuple[Segment, ...] = ()
    content: Hash
    records: Hash | None = None

    @property
    def name(self) -> str:
        """As Kafka calls its directory."""
        return f"{self.topic}-{self.index}"

    @property
    def bytes(self) -> int:
        """The size of all segments."""
        return sum(segment.bytes for segment in self.segments)

    @property
    def max_timestamp(self) -> int | None:
        """Of the newest record, ms since 1970; None without records."""
        stamps = [s.max_timestamp for s in self.segments if s.max_timestamp is not None]
        return max(stamps, default=None)


class Topic(Value):
    """One topic.

    Attributes:
        id: its UUID as Kafka writes it: 22 characters of URL-safe base64.
        partitions: how many.
        replication: how many copies of each.
        configs: what is set for this topic alone; defaults of brokers are left out.
        internal: whether Kafka keeps it for itself (`__consumer_offsets`).
    """

    name: TopicName
    id: str
    partitions: Annotated[int, pydantic.Field(ge=1)]
    replication: Annotated[int, pydantic.Field(ge=1)] = 1
    configs: dict[str, str] = {}
    internal: bool = False


class GroupOffset(Value):
    """Where a consumer group goes on reading one partition.

    Attributes:
        offset: of the next record.
        leader_epoch: of the last record read; -1 where the consumer said none.
        metadata: whatever the consumer committed with it.
    """

    topic: TopicName
    partition: Count
    offset: Count
    leader_epoch: int = -1
    metadata: str = ""


class Group(Value):
    """A consumer group, captured before any broker cut its log."""

    name: str
    offsets: tuple[GroupOffset, ...] = ()


class File(Value):
    """A file kept as it is.

    Attributes:
        name: without a directory: `00000000000000000000.log`.
    """

    name: Annotated[str, pydantic.StringConstraints(pattern=r"^[A-Za-z0-9._-]+$")]
    pieces: tuple[Piece, ...] = ()

    @property
    def bytes(self) -> int:
        """Its size."""
        return sum(piece.bytes for piece in self.pieces)


def _inside(path: str) -> str:
    """A path that leads nowhere else, wherever it is put."""
    if any(part in ("", ".", "..") for part in path.split("/")) or "\0" in path:
        raise ValueError("a path relative to its tree, without `.`, `..` and empty parts")
    return path


class TreeFile(Value):
    """A file of a tree.

    Attributes:
        path: relative to the tree's root.
        bytes: its size.
        at: where it begins in the tree's bundle; None when it has pieces of its own.
        pieces: its content, in order.
    """

    path: Annotated[str, pydantic.AfterValidator(_inside)]
    bytes: Count
    at: Count | None = None
    pieces: tuple[Piece, ...] = ()


class Tree(Value):
    """The files of one unit of an application that is not Kafka, as they were at one moment.

    Attributes:
        files: in order of their paths.
        bundle: small files, one after the other: an object for each would cost more than it holds.
        facts: what the application says of them, such as the offsets that Spark's jobs had read.
    """

    files: tuple[TreeFile, ...] = ()
    bundle: tuple[Piece, ...] = ()
    facts: dict[str, Any] = {}

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every piece."""
        return (*self.bundle, *(piece for file in self.files for piece in file.pieces))

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.bytes for file in self.files)


class ClusterMetadata(Value):
    """The files of `__cluster_metadata-0` of one broker, always sealed.

    They hold every topic id, configuration, ACL, quota and SCRAM verifier.

    Attributes:
        unit: whose.
        end: the committed end offset: what lies behind it does not count.
        files: snapshots (`.checkpoint`) and log segments (`.log`).
    """

    unit: str
    end: Count
    files: tuple[File, ...] = ()


class Cluster(Value):
    """Where a backup comes from.

    Attributes:
        id: Kafka's cluster id.
        application, model: in Juju.
        release: of Kafka.
        metadata_version: the finalized feature level, such as `4.3-IV0`; empty when unknown.
    """

    id: str
    application: str
    model: str = ""
    release: str = ""
    metadata_version: str = ""


class Totals(Value):
    """What it cost.

    Attributes:
        bytes: plain bytes of everything in the backup.
        stored: bytes of all its objects.
        new: bytes of objects that had to be uploaded for it.
        seconds: from the beginning to the end, by the unit's clock.
    """

    bytes: Count = 0
    stored: Count = 0
    new: Count = 0
    seconds: Annotated[float, pydantic.Field(ge=0)] = 0.0


class Trouble(str, enum.Enum):
    """Why a partition that was to be backed up is not in the backup."""

    DELETED = "deleted"
    CREATED = "created"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> Trouble:
        return cls.UNKNOWN


class Absent(Value):
    """A topic that is not, or not whole, in the backup because it changed meanwhile.

    Attributes:
        why: `deleted`, or `created`, while the backup was taken.
    """

    topic: TopicName
    partition: Count | None = None
    why: Trouble
