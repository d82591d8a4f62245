# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Figures as people read them: three digits and a unit. Pure."""

from __future__ import annotations

_DECIMAL = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))
# Bytes go by powers of 1000, as disks and networks are sold.
_BYTES = {"B", "B/s"}
_COUNTED = {"records", "records/s", "rows", "rows/s"}
_MILLION = 1e6


def scale(unit: str, largest: float) -> tuple[float, str]:
    """What to divide by, and the unit then: `scale("B/s", 3e6)` is (1e6, "MB/s")."""
    if unit == "s":
        return (1.0, "s") if largest >= 1 else (1e-3, "ms")
    if unit == "ms":
        return (1e3, "s") if largest >= 10_000 else (1.0, "ms")
    if unit in _COUNTED:
        return (1e6, f"million {unit}") if largest >= _MILLION else (1.0, unit)
    if unit not in _BYTES:
        return 1.0, unit
    factor, prefix = next((each for each in _DECIMAL if largest >= each[0]), _DECIMAL[-1])
    return factor, f"{prefix}{unit}"


def number(value: float) -> str:
    """Three digits that count: 12,345 · 123 · 12.3 · 1.23 · 0.012."""
    size = abs(value)
    if size == 0 or size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}".removesuffix(".0")
    if size >= 1:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:.2g}"


def quantity(value: float, unit: str) -> str:
    """A figure with its unit: `quantity(5.2e6, "B/s")` is "5.2 MB/s"."""
    factor, shown = scale(unit, abs(value))
    joint = "" if shown == "%" else " "
    return f"{number(value / factor)}{joint}{shown}".strip()


def count(size: int, noun: str) -> str:
    """So many of them: "1 broker", "3 brokers"."""
    return f"{size:,} {noun}" if size == 1 else f"{size:,} {noun}s"


def span(seconds: float) -> str:
    """A length of time in words: "15 minutes", "2 hours", "90 seconds"."""
    whole = round(seconds)
    for size, noun in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if whole >= size and whole % size == 0:
            return count(whole // size, noun)
    return count(whole, "second")
