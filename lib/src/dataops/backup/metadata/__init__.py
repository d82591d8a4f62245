# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The metadata of a Kafka cluster (KRaft), read from its files and written for a new cluster.

`read_log(directory, until)` gives the records of `__cluster_metadata-0`, `Image.of(records)` what
they amount to, `remade(image, Remake(...))` the same for other nodes, and `write_checkpoint` the
bytes of a snapshot: of a backup, or `bootstrap.checkpoint` of a cluster that is being formatted.
"""

from dataops.backup.metadata._bootstrap import Remake, nodes_for, remade
from dataops.backup.metadata._codec import MetadataError, Record, decode, encode, record
from dataops.backup.metadata._image import Image, TopicPartition
from dataops.backup.metadata._log import DIRECTORY, read_file, read_log, write_checkpoint

__all__ = [
    "DIRECTORY",
    "Image",
    "MetadataError",
    "Record",
    "Remake",
    "TopicPartition",
    "decode",
    "encode",
    "nodes_for",
    "read_file",
    "read_log",
    "record",
    "remade",
    "write_checkpoint",
]
