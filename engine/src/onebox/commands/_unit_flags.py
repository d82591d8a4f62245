# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The flags about units that deploy, refresh and add-unit share."""

from collections.abc import Mapping

from onebox import directives
from onebox.commands._call import Call
from onebox.console import warn
from onebox.errors import Refused
from onebox.flags import Flag, UsageError, number, option, pairs, quote
from onebox.names import valid

UNITS = number("n", "num-units", default=1, help="Number of units, at least one")
TO = option("to", help="The machine and/or container for each unit, separated by commas")


def storage_flag(expected: str) -> Flag[Mapping[str, str]]:
    """`--storage name=directive`; `expected` is said of what has no name."""
    return pairs(
        "storage",
        help="Charm storage directives",
        malformed=f"expected {expected}",
        check=_check,
        once=False,
    )


def _check(text: str) -> None:
    try:
        directives.read(text)
    except Refused as error:
        raise ValueError(f"cannot parse disk storage directive: {error.message}") from None


def _ids(before: tuple[str, ...], text: str) -> tuple[str, ...]:
    found = tuple(text.split(",")) if text else ()
    for id_ in found:
        # A storage's id is made like the name of a unit.
        if not valid("unit", id_):
            raise ValueError(f"storage ID {quote(id_)} not valid")
    return (*before, *found)


ATTACH: Flag[tuple[str, ...]] = Flag(
    ("attach-storage",), (), _ids, "Existing storage to attach to the unit"
)


def placement(call: Call) -> list[str]:
    """Where the units shall be, once all three flags are known to make sense together."""
    units = call[UNITS]
    if units < 1:
        raise UsageError("--num-units must be a positive integer")
    if call[ATTACH] and units != 1:
        raise UsageError("--attach-storage cannot be used with -n")
    found = call[TO].split(",") if call[TO] else []
    for place in found:
        if not place:
            raise UsageError(f"invalid --to parameter {quote(call[TO])}")
        if place.startswith(":"):
            raise UsageError(f"invalid --to parameter {quote(place)}")
    if len(found) > units:
        extra = "extra placement directives will be ignored"
        warn(f"{units} unit(s) will be deployed, {extra}")
    return found[:units]
