# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Brings the journal and the reports into the object store, in a process beside the hooks.

    keeper.py FILE

The file says what is kept where. Nothing that is in the store is ever written again: each run adds
one object with the records that are new, `journal/FIRST-LAST.jsonl`, and the files of new reports.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pydantic

from dataops.host.files import ensure_contents
from dataops.objectstore import Store, StoreError, Target, open_store
from journal import Journal, Record, from_text, to_text

JOURNAL = "journal"
REPORTS = "reports"
# Not the snapshots beside them: those go by the wish of whoever takes one.
_OF_A_REPORT = (".html", ".json", ".sig", ".pem")
_DIGITS = 12


class Kept(pydantic.BaseModel):
    """How far the store is.

    Attributes:
        number: of the newest record that is in it; 0 before the first.
        problem: why it could not be brought further; empty when it could.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    number: int = 0
    problem: str = ""

    @classmethod
    def read(cls, path: Path) -> Kept:
        """From its file; nothing is kept while there is none."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            return cls()


class Charge(pydantic.BaseModel):
    """What is kept where.

    Attributes:
        store: day2's own place in the store.
        root: of this unit's storage.
        journal: the copy on it.
        state: the file for `Kept`.
    """

    store: Target
    root: Path
    journal: Path
    state: Path


def keep(charge: Charge) -> Kept:
    """Bring everything that is new into the store, also what comes meanwhile."""
    kept = Kept.read(charge.state)
    try:
        store = open_store(charge.store)
        while (newest := _bring(store, charge)) > kept.number or kept.problem:
            kept = Kept(number=newest)
    except (StoreError, ValueError) as error:
        kept = Kept(number=kept.number, problem=str(error))
    ensure_contents(charge.state, kept.model_dump_json(), mode=0o600)
    return kept


def stored(store: Store) -> tuple[Journal, tuple[str, ...]]:
    """Every record in the store, in the order of its objects, and what is wrong with their bytes.

    Raises:
        StoreError: the store does not give them.
    """
    found: list[Record] = []
    flaws: list[str] = []
    for one in store.list(JOURNAL):
        text = store.get(one.key).decode("utf-8", "replace")
        try:
            records = from_text(text)
        except ValueError as error:
            flaws.append(f"{one.key}: {error}")
            continue
        if to_text(records) != text or one.key != _key(records):
            flaws.append(f"{one.key}: its bytes are not those that were written")
        found += records
    return tuple(found), tuple(flaws)


def _bring(store: Store, charge: Charge) -> int:
    """The number of the newest record that is in the store now."""
    last = max((_last(one.key) for one in store.list(JOURNAL)), default=0)
    text = charge.journal.read_text() if charge.journal.exists() else ""
    # A line that is being written has no end yet.
    known = from_text(text[: text.rfind("\n") + 1])
    new = [record for record in known if record.number > last]
    if new:
        store.put(_key(new), to_text(new).encode(), once=True)
    there = {one.key for one in store.list(REPORTS)}
    for path in _reports(charge.root):
        key = path.relative_to(charge.root).as_posix()
        if key not in there:
            store.put(key, path)
    return new[-1].number if new else last


def _reports(root: Path) -> Iterator[Path]:
    found = sorted((root / REPORTS).glob("*/*"))
    return (path for path in found if path.suffix in _OF_A_REPORT and path.name != "index.html")


def _key(records: Sequence[Record]) -> str:
    """The object of these records; none has no records."""
    span = "-".join(f"{one.number:0{_DIGITS}d}" for one in (*records[:1], *records[-1:]))
    return f"{JOURNAL}/{span}.jsonl"


def _last(key: str) -> int:
    """The number of the last record of an object."""
    span = Path(key).stem.partition("-")[2]
    return int(span) if span.isdigit() else 0


if __name__ == "__main__":  # pragma: no cover
    keep(Charge.model_validate_json(Path(sys.argv[1]).read_bytes()))
