# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The five ways in which Juju writes a time."""

from datetime import datetime, timezone


def parse(text: str) -> datetime:
    """The aware datetime of ISO 8601 `text`; no zone means UTC."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _zoned(moment: datetime, utc: bool) -> datetime:
    return moment.astimezone(timezone.utc if utc else None)


def _offset(moment: datetime) -> str:
    text = moment.strftime("%z")
    return "Z" if text in ("", "+0000") else f"{text[:3]}:{text[3:]}"


def since(text: str, utc: bool = False) -> str:
    """`22 Nov 2026 13:31:08Z`: when a status was set."""
    moment = _zoned(parse(text), utc)
    return moment.strftime("%d %b %Y %H:%M:%S") + _offset(moment)


def clock(moment: datetime, utc: bool = False) -> str:
    """`13:31:08Z`: the time of day at the foot of a status."""
    moment = _zoned(moment, utc)
    return moment.strftime("%H:%M:%S") + _offset(moment)


def hour(text: str, utc: bool = False) -> str:
    """`13:31:08`: the time of day before a log line."""
    return _zoned(parse(text), utc).strftime("%H:%M:%S")


def day(text: str, utc: bool = False) -> str:
    """`2026-11-22`: the day before the time of day."""
    return _zoned(parse(text), utc).strftime("%Y-%m-%d")


def _fraction(moment: datetime) -> str:
    return f".{moment.microsecond:06d}".rstrip("0").rstrip(".")


def go(text: str, utc: bool = False) -> str:
    """`2026-11-22 13:31:08.5 +0000 UTC`: how Go prints a time; tasks and operations use it."""
    moment = _zoned(parse(text), utc)
    zone = moment.strftime("%z %Z")
    return moment.strftime("%Y-%m-%d %H:%M:%S") + _fraction(moment) + f" {zone}"


def rfc3339(text: str) -> str:
    """`2026-11-22T13:31:08.5Z`: secrets and resources use it."""
    moment = _zoned(parse(text), True)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + _fraction(moment) + "Z"


def ago(text: str, now: datetime) -> str:
    """`3 minutes ago`, `just now`, or the date when it is more than a month past."""
    seconds = int((now - parse(text)).total_seconds())
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute"), (2, "second")):
        if seconds >= size:
            count = seconds if word == "second" else seconds // size
            if word == "day" and count > 30:
                return parse(text).strftime("%Y-%m-%d")
            return f"{count} {word}{'s' if count != 1 else ''} ago"
    return "just now"
