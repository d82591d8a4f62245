# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What day2 keeps on its storage: a copy of the whole journal, and the reports."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

from dataops.host.files import ensure_contents, ensure_directory
from journal import Journal, Record, from_text, to_text

# Only the end of a journal of many years is read in each hook.
_LONGEST_RECORD = 4 * 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Archive:
    """The folder of this unit's storage, opened for one operation where a report is written.

    Attributes:
        root: the storage's folder.
        operation: number of the operation whose folder `folder` is.
    """

    root: Path
    operation: int = 0

    @property
    def journal(self) -> Path:
        """The copy of the journal, one record a line, never rewritten."""
        return self.root / "journal.jsonl"

    @property
    def folder(self) -> Path:
        """Where the files of the operation lie."""
        return self.root / "reports" / str(self.operation)

    def at(self, operation: int) -> Archive:
        """This archive, opened for an operation."""
        return dataclasses.replace(self, operation=operation)

    def read(self) -> Journal:
        """Every record of this unit's copy, those of long ago too.

        Raises:
            ValueError: a line is no record; somebody else wrote into the file.
        """
        return from_text(self.journal.read_text()) if self.journal.exists() else ()

    def mirror(self, journal: Sequence[Record]) -> bool:
        """Append what the copy lacks; True when there was something.

        Only records that the peers' databag already holds come here, so the copy is never ahead
        of a hook that did not commit. A half-written last line, left by a crash, is completed.
        """
        last = self._last_number()
        new = [record for record in journal if record.number > last]
        if not new:
            return False
        ensure_directory(self.root, mode=0o755)
        with self.journal.open("ab") as file:
            file.write(to_text(new).encode())
            file.flush()
            os.fsync(file.fileno())
        return True

    def write(self, name: str, content: bytes) -> Path:
        """A file of the operation, in place at once or not at all."""
        ensure_directory(self.folder, mode=0o755)
        path = self.folder / name
        ensure_contents(path, content, mode=0o644)
        return path

    def _last_number(self) -> int:
        """The number of the last whole record; a torn line after it is cut off.

        A line that is no record stays where it is: `verify-journal` tells of it.
        """
        if not self.journal.exists():
            return 0
        with self.journal.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            start = max(0, size - _LONGEST_RECORD)
            file.seek(start)
            end = file.read()
            whole = end[: end.rfind(b"\n") + 1]
            file.truncate(start + len(whole))
        numbers = (_number(line) for line in reversed(whole.split(b"\n")))
        return next((number for number in numbers if number), 0)


def _number(line: bytes) -> int:
    """The number of the record that a line holds; 0 when it holds none."""
    try:
        return Record.model_validate_json(line).number
    except ValueError:
        return 0
