# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a report is what was signed, and whether the journal tells the same story. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pydantic

import journal as chain_of_records
from history import operations
from journal import Record
from report.account import account
from report.canonical import canonical, sha256
from report.chain import Reported, previous, record_of
from report.document import Document
from signing import PublicKey


def problems(
    content: bytes,
    signature: bytes,
    written: Reported,
    keys: Sequence[PublicKey],
    journal: Sequence[Record],
) -> tuple[str, ...]:
    """Everything that is wrong with a report; nothing when it can be believed.

    Args:
        content: the bytes of its JSON.
        signature: the bytes of its signature file.
        written: what the journal says of it.
        keys: the published keys.
        journal: every record that this unit knows.
    """
    return (
        *_file(content, signature, written, keys),
        *_story(content, written, journal),
        *(f"The journal does not hold: {flaw}." for flaw in chain_of_records.flaws(journal)),
    )


def _file(
    content: bytes, signature: bytes, written: Reported, keys: Sequence[PublicKey]
) -> Iterator[str]:
    """The bytes, the hash that the journal keeps, and the signature."""
    if sha256(content) != written.sha256:
        yield f"Its SHA-256 is {sha256(content)}; the journal recorded {written.sha256}."
    if signature != written.signature_bytes:
        yield "Its signature file is not the signature that the journal recorded."
    key = next((key for key in keys if key.fingerprint == written.fingerprint), None)
    if key is None:
        yield f"No published key has the fingerprint {written.fingerprint}."
    elif not key.verifies(content, signature):
        yield f"The signature does not fit the file, by the key {key.fingerprint}."


def _story(content: bytes, written: Reported, journal: Sequence[Record]) -> Iterator[str]:
    """What it says, against the journal."""
    try:
        data: dict[str, Any] = json.loads(content)
        document = Document.model_validate(data)
    except (ValueError, pydantic.ValidationError):
        yield "It is no report: its JSON cannot be read."
        return
    if canonical(data) != content:
        yield "It is not spelt as reports are: canonical JSON has one spelling."
    yield from _links(document, written, journal)
    yield from _operation(data, document, journal)


def _links(document: Document, written: Reported, journal: Sequence[Record]) -> Iterator[str]:
    """The report before, the record of the journal, and the key that it names."""
    number = document.operation.number
    record = record_of(journal, number)
    if document.chain.fingerprint != written.fingerprint:
        yield f"It names the key {document.chain.fingerprint}, and another one signed it."
    before = document.chain.previous
    if (before.sha256 if before else "") != written.previous:
        yield "It names another report before it than the journal recorded."
    if record is not None and before != previous(journal, record):
        yield "The report that it names as the one before is not the one before in the journal."
    known = {each.number: each.hash for each in journal}
    if known.get(document.chain.journal_record, document.chain.journal_hash) != (
        document.chain.journal_hash
    ):
        yield f"Record {document.chain.journal_record} of the journal is not the one it names."


def _operation(
    data: dict[str, Any], document: Document, journal: Sequence[Record]
) -> Iterator[str]:
    """The account of the operation, made once more from the journal as it was then."""
    then = [record for record in journal if record.number <= document.chain.journal_record]
    found = {each.number: each for each in operations(then)}
    operation = found.get(document.operation.number)
    if operation is None:
        yield f"The journal does not know an operation {document.operation.number}."
        return
    if operation.finished is None:
        yield f"By the journal, {operation.title} had not ended."
        return
    told = account(operation).model_dump(mode="json", by_alias=True)
    differing = sorted(set(_differing(data["operation"], told)))
    if differing:
        yield f"The journal tells another story of the operation: {', '.join(differing)}."


def _differing(said: Any, told: Any, place: str = "") -> Iterator[str]:
    """Where two accounts differ; what only another version of the charm says is passed over."""
    if isinstance(said, dict) and isinstance(told, dict):
        ours, theirs = cast("dict[str, Any]", said), cast("dict[str, Any]", told)
        for key in ours.keys() & theirs.keys():
            yield from _differing(ours[key], theirs[key], place or key)
    elif isinstance(said, list) and isinstance(told, list):
        first, second = cast("list[Any]", said), cast("list[Any]", told)
        if len(first) != len(second):
            yield place
        for one, other in zip(first, second, strict=False):
            yield from _differing(one, other, place)
    elif said != told:
        yield place
