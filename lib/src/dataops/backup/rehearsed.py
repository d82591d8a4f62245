# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the rehearsal's cluster tells somebody else who reads from it: nothing of it is secret.

The reader makes a key, and gives away its public half; the rehearsal's own authority signs that.
So the one credential there is never leaves the machine of whoever uses it, and opens nothing but
the rehearsal.
"""

from __future__ import annotations

from dataops.operations import Result

# Whom the rehearsal's cluster takes the reader for: it may read, and nothing else.
READER = "rehearsal-reader"


class ReadablePortion(Result):
    """Records of one partition whose hash the backup's manifest has.

    Attributes:
        topic, partition: where.
        start, end: the first offset, and the one after the last.
        sha256: of the records; see `dataops.backup.content.Digest`.
    """

    topic: str
    partition: int
    start: int
    end: int
    sha256: str


class Readable(Result):
    """A cluster that stands until it is cleared up.

    Attributes:
        server: where it listens for its reader, and for nobody else.
        authority: who signed what it shows, PEM.
        certificate: the reader's own, for the key that it made, PEM.
        portions: what is to be read.
    """

    server: str
    authority: str
    certificate: str
    portions: tuple[ReadablePortion, ...]
