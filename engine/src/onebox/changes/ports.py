# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Opened ports: ranges such as `80/tcp`, `8000-8010/udp`, `icmp`, and who is in whose way."""

from __future__ import annotations

from dataclasses import dataclass

from onebox.changes import edit
from onebox.errors import Refused
from onebox.flags import quote
from onebox.model import Model, Unit

# The name under which a range counts for every endpoint.
ALL = ""


@dataclass(frozen=True)
class PortRange:
    """Ports of one protocol; icmp has none."""

    protocol: str
    first: int = -1
    last: int = -1

    def __str__(self) -> str:
        if self.protocol == "icmp":
            return "icmp"
        span = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{span}/{self.protocol}"

    @property
    def order(self) -> tuple[str, int, int]:
        """Sorts ranges as Juju lists them."""
        return self.protocol, self.first, self.last

    def overlaps(self, other: PortRange) -> bool:
        """Whether both have a port in common."""
        same = self.protocol == other.protocol
        return same and self.first <= other.last and other.first <= self.last


def parse(text: str) -> PortRange:
    """A range as a charm writes it, tcp by default; ValueError says what is wrong."""
    numbers, _, protocol = text.lower().partition("/")
    if numbers == "icmp":
        return PortRange("icmp")
    ends = numbers.split("-")
    if len(ends) > 2:
        raise ValueError(f"invalid port range {quote(numbers)}")
    first, last = _number(ends[0]), _number(ends[-1])
    protocol = protocol or "tcp"
    if protocol == "icmp":
        raise ValueError(f'protocol "icmp" doesn\'t support any ports; got "{first}"')
    if protocol not in ("tcp", "udp"):
        raise ValueError(f'invalid protocol "{protocol}", expected "tcp", "udp", or "icmp"')
    if first > last:
        raise ValueError(f"invalid port range {first}-{last}/{protocol}")
    if last > 65535:
        raise ValueError(f"port range bounds must be between 0 and 65535, got {first}-{last}")
    return PortRange(protocol, first, last)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        reason = f"strconv.Atoi: parsing {quote(text)}: invalid syntax"
        raise ValueError(f"invalid port {quote(text)}: {reason}")
    return int(text)


def opened(unit: Unit) -> dict[PortRange, tuple[str, ...]]:
    """Every open range with its endpoints (`ALL` for all), sorted."""
    found: dict[PortRange, tuple[str, ...]] = {}
    for endpoint, texts in {ALL: unit.ports, **unit.endpoint_ports}.items():
        for text in texts:
            found[parse(text)] = (*found.get(parse(text), ()), endpoint)
    return {r: tuple(sorted(found[r])) for r in sorted(found, key=lambda r: r.order)}


def open_range(model: Model, unit: str, endpoint: str, wanted: PortRange) -> Model:
    """The model with a range open; Refused when it overlaps another one of the machine."""
    _refuse_conflict(model, unit, wanted, f'cannot open {wanted} (unit "{unit}")')
    ranges = {str(wanted), *_texts(model.units[unit], endpoint)}
    return _put(model, unit, endpoint, ranges)


def close_range(model: Model, unit: str, endpoint: str, wanted: PortRange) -> Model:
    """The model with a range closed; Refused when only a part of an open one is meant."""
    _refuse_conflict(model, unit, wanted, f'cannot close {wanted} (unit "{unit}")')
    ranges = set(_texts(model.units[unit], endpoint)) - {str(wanted)}
    model = _put(model, unit, endpoint, ranges)
    if endpoint != ALL:
        return model
    for name in model.units[unit].endpoint_ports:
        model = _put(model, unit, name, set(_texts(model.units[unit], name)) - {str(wanted)})
    return model


def _refuse_conflict(model: Model, unit: str, wanted: PortRange, prefix: str) -> None:
    machine = model.units[unit].machine
    for other in model.units.values():
        if other.machine != machine:
            continue
        for held in opened(other):
            if held.overlaps(wanted) and (other.name != unit or held != wanted):
                raise Refused(f'{prefix}: port range conflicts with {held} (unit "{other.name}")')


def _texts(unit: Unit, endpoint: str) -> tuple[str, ...]:
    return unit.ports if endpoint == ALL else unit.endpoint_ports.get(endpoint, ())


def _put(model: Model, unit: str, endpoint: str, ranges: set[str]) -> Model:
    owner = model.units[unit]
    texts = tuple(sorted(ranges, key=lambda text: parse(text).order))
    if endpoint == ALL:
        return edit.put_unit(model, owner, ports=texts)
    named = {**owner.endpoint_ports, endpoint: texts}
    return edit.put_unit(model, owner, endpoint_ports={k: v for k, v in named.items() if v})
