# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The inventory: one entry for each certificate that a port serves. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from dataops.certificates._parsed import Certificate
from dataops.certificates._ports import Served
from dataops.operations import Result


class Entry(Result):
    """One certificate in use.

    Attributes:
        application, unit: whose.
        address, port: where it is served; port 0: nowhere, it signs others.
        listener: what that port is for.
        subject, issuer, sans, serial: as `dataops.certificates.Certificate` spells them.
        not_after: UTC; None when the port serves none.
        days_left: from now; negative once it has expired.
        trusts: subjects of the authorities that this unit trusts there.
        problem: why there is no certificate; empty when there is one.
    """

    application: str
    unit: str
    address: str = ""
    port: int = 0
    listener: str = ""
    subject: str = ""
    sans: tuple[str, ...] = ()
    issuer: str = ""
    serial: str = ""
    not_after: datetime.datetime | None = None
    days_left: float = 0
    trusts: tuple[str, ...] = ()
    problem: str = ""


class Inventory(Result):
    """What the verb `list-certificates` answers."""

    summary: str = ""
    certificates: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Inventory:
        """These entries, with a line about them."""
        found = tuple(entries)
        served = [one for one in found if one.not_after]
        text = f"{len(served)} certificate{'' if len(served) == 1 else 's'}"
        if served:
            text += f", the first expires in {min(one.days_left for one in served):.1f} days"
        silent = len(found) - len(served)
        if silent:
            text += f"; {silent} ports serve none"
        return cls(summary=text, certificates=found)


def entry(
    unit: str,
    address: str,
    port: int,
    served: Served | Certificate | None,
    *,
    now: datetime.datetime,
    listener: str = "",
    trusts: Iterable[Certificate] = (),
) -> Entry:
    """The entry for what a port serves.

    Args:
        unit: whose port it is.
        address: where.
        port: its number; 0 for a certificate that is not served.
        served: from `ask_port`, or the certificate itself.
        now: the clock, UTC.
        listener: what the port is for.
        trusts: the authorities that are trusted there. Of a port that lists the authorities it
            accepts, only those on its list count.
    """
    place = Entry(
        application=unit.partition("/")[0],
        unit=unit,
        address=address,
        port=port,
        listener=listener,
    )
    if served is None:
        return place.model_copy(update={"problem": f"nothing serves TLS on {address}:{port}"})
    leaf = served.leaf if isinstance(served, Served) else served
    accepts = served.accepts if isinstance(served, Served) else frozenset[bytes]()
    known = [one for one in trusts if not accepts or one.name in accepts]
    return place.model_copy(
        update={
            "subject": leaf.subject,
            "sans": leaf.sans,
            "issuer": leaf.issuer,
            "serial": leaf.serial,
            "not_after": leaf.not_after,
            "days_left": round(leaf.days_left(now), 2),
            "trusts": tuple(dict.fromkeys(one.subject for one in known)),
        }
    )
