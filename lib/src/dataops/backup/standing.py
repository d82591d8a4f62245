# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How continuous backup stands: one small document beside the backups, that all units go by."""

from __future__ import annotations

import datetime

from dataops.backup.manifest import Document

STANDING = "continuous.json"


class Standing(Document):
    """The backups of a cluster that follow each other by themselves.

    Attributes:
        id: of the one that began last.
        began: when that was.
        runs: whether it has not ended yet.
        points: ids of those that are looked after: ever fewer of the older ones stay.
        newest: id of the last one that is good; empty before there is one.
        until: up to when that one has every record; None before there is one.
    """

    began: datetime.datetime
    runs: bool = True
    points: tuple[str, ...] = ()
    newest: str = ""
    until: datetime.datetime | None = None
