# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A new cluster's storage, formatted while what it will hold is still being placed.

Kafka's program for it is a JVM of its own: a second or two that a restore need not wait for.
"""

import concurrent.futures
import contextlib
import logging
from collections.abc import Generator
from pathlib import Path

from dataops.backup.metadata import DIRECTORY
from dataops.host.files import ensure_absent, ensure_directory
from programs import ProgramError, Programs

logger = logging.getLogger(__name__)

# The last one makes it count as formatted.
_MADE = (DIRECTORY, "meta.properties")


@contextlib.contextmanager
def beside(
    programs: Programs, cluster_id: str, *, standalone: bool, place: Path, logs: Path
) -> Generator[None, None, None]:
    """Within it the storage is formatted in `place`; after it, `logs` has what was made.

    Where that fails, `logs` stays as it is, to be formatted as any other storage: whoever does so
    says why it cannot be done.

    Args:
        programs: Kafka's own.
        cluster_id: of the new cluster.
        standalone: whether this node is its first voter.
        place: a directory of nothing else, on the file system of `logs`.
        logs: what becomes the broker's directory.
    """
    ensure_absent(place)
    ensure_directory(place, mode=0o750, owner=programs.user)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        made = pool.submit(programs.format, cluster_id, standalone=standalone, data=place)
        yield
        try:
            made.result()
        except (ProgramError, OSError) as error:
            logger.warning("Cannot format the storage yet: %s", error)
        else:
            for name in _MADE:
                ensure_absent(logs / name)
            for name in _MADE:
                if (place / name).exists():
                    (place / name).rename(logs / name)
    ensure_absent(place)
