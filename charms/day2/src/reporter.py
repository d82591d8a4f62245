# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the report of an operation that has ended: document, page, signature.

The files lie on the storage of the unit that leads; the journal keeps their hashes and where they
are. Called again after a hook that did not commit, it writes them again.
"""

from __future__ import annotations

import base64
import datetime
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ops
import pydantic

from archive import Archive
from dataops.evidence import breaches
from dataops.interfaces.operations import utc_now
from history import operations
from journal import Journal
from observed import PEERS, Observed
from operation import Operation
from report.account import account, evidence
from report.canonical import canonical, sha256
from report.chain import joined, previous, reports_of
from report.document import Chain, Document
from report.page import page
from report.performance.document import Performance, Section
from report.promise import promise
from report.toil import toil
from report_key import signing_key
from signing import PublicKey

logger = logging.getLogger(__name__)

KEY = "day2.pub"


def write_report(
    charm: ops.CharmBase,
    observed: Observed,
    archive: Archive,
    journal: Journal,
    number: int,
    now: Callable[[], datetime.datetime] = utc_now,
) -> dict[str, Any]:
    """The report's files, in place; returned is the body of the record `reported`.

    Args:
        charm: whose secret signs.
        observed: the facts of this hook.
        archive: this unit's storage.
        journal: the peers' copy with everything that this hook has appended.
        number: of an operation that has finished.
        now: the clock (UTC).

    Raises:
        OSError: the storage does not take the files.
        ops.RelationNotFoundError: there is no peer relation for the key yet.
    """
    whole = joined(archive.read(), journal)
    known = operations(whole)
    operation = next(each for each in known if each.number == number)
    key = signing_key(charm, PEERS)
    section = _section(operation, observed.unit)
    seen = evidence(operation)
    limits = operation.plan.canary
    document = Document(
        model=observed.model,
        unit=observed.unit,
        written=now(),
        operation=account(operation),
        evidence=seen,
        limits=limits,
        breaches=breaches(seen, limits) if seen and limits else (),
        promise=str(promise(operation, seen) or ""),
        performance=section.performance if section else None,
        toil=toil(known, whole[0].at),
        chain=_chain(whole, key.public),
    )
    json = canonical(document.model_dump(mode="json", by_alias=True))
    signature = key.sign(json)
    html = page(document, sha256(json), signature, section.html if section else "")
    name = _name(whole, number)
    return _write(archive.at(number), name, document, json, html, signature)


def _write(
    archive: Archive, name: str, document: Document, json: bytes, html: bytes, signature: bytes
) -> dict[str, Any]:
    """Put the four files in place, and say for the journal what and where they are."""
    archive.write(KEY, document.chain.public_key.encode())
    return {
        "unit": document.unit,
        "html": str(archive.write(f"{name}.html", html)),
        "json": str(archive.write(f"{name}.json", json)),
        "signature-file": str(archive.write(f"{name}.sig", signature)),
        "sha256": sha256(json),
        "html-sha256": sha256(html),
        "signature": base64.b64encode(signature).decode(),
        "fingerprint": document.chain.fingerprint,
        "previous": document.chain.previous.sha256 if document.chain.previous else "",
    }


def _name(journal: Journal, number: int) -> str:
    """What the files are called; an operation that went on after its end keeps its reports."""
    earlier = reports_of(journal, number)
    return f"report-{earlier + 1}" if earlier else "report"


def _chain(journal: Journal, key: PublicKey) -> Chain:
    """What the report builds on."""
    return Chain(
        previous=previous(journal),
        journal_record=journal[-1].number,
        journal_hash=journal[-1].hash,
        public_key=key.pem,
        fingerprint=key.fingerprint,
    )


def _section(operation: Operation, unit: str) -> Section | None:
    """The measurements of a performance report, as its job left them on this unit's storage."""
    for answer in operation.answers.values():
        made = answer.results.get("section")
        if made:
            return _read(made, unit)
    return None


def _read(made: dict[str, Any], unit: str) -> Section:
    """The files that the job wrote, if they are here and as the journal knows them."""
    where = f"{made['unit']}:{made['json-file']}"
    if made["unit"] != unit:
        return Section.missing(f"The measurements lie on another unit: {where}")
    try:
        json, html = Path(made["json-file"]).read_bytes(), Path(made["html"]).read_bytes()
        if (sha256(json), sha256(html)) != (made["sha256"], made["html-sha256"]):
            return Section.missing(f"The measurements were changed after they were made: {where}")
        return Section(Performance.model_validate_json(json), html.decode())
    except (OSError, pydantic.ValidationError, ValueError) as error:
        logger.exception("The measurements cannot be read")
        return Section.missing(
            f"The measurements cannot be read ({type(error).__name__}): {where}"
        )
