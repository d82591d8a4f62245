# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Juju's tables: columns two spaces apart, padded but for the last, coloured on a terminal."""

from collections.abc import Collection, Iterable, Sequence

GREEN, YELLOW, RED = "32", "33", "31"
CYAN, GREY, MAGENTA, BRIGHT_MAGENTA = "36", "37", "35", "95"
BOLD = "1;39"

_GREEN = frozenset(["active", "idle", "started", "running", "executing", "attached", "available"])
_YELLOW = frozenset(
    [
        *("allocating", "lost", "maintenance", "pending", "rebooting"),
        *("stopped", "unknown", "detaching", "waiting"),
    ]
)
_RED = frozenset(["blocked", "down", "error", "failed", "terminated"])

# A cell is plain text or spans of (text, colour); padding takes the last span's colour.
Span = tuple[str, str]
Cell = str | tuple[Span, ...]


def status_colour(word: str) -> str:
    """The colour code of a status word, or nothing."""
    for words, colour in ((_GREEN, GREEN), (_YELLOW, YELLOW), (_RED, RED)):
        if word in words:
            return colour
    return ""


def painted(text: str, colour: str) -> Cell:
    """`text` as a cell of one colour."""
    return ((text, colour),)


def status_cell(word: str) -> Cell:
    """A status word in its colour."""
    return painted(word, status_colour(word))


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    right: Collection[int] = (),
    colour: bool = False,
    trailing: bool = False,
) -> str:
    """Header and rows as text; columns in `right` align right, `trailing` pads the last, too."""
    cells = [[_spans(cell) for cell in row] for row in rows]
    heading = [((title, BOLD),) for title in header]
    widths = [max(map(_width, column)) for column in zip(heading, *cells, strict=True)]
    lines = [_line(heading, widths, right, colour, False)]
    lines += [_line(row, widths, right, colour, trailing) for row in cells]
    return "".join(f"{line}\n" for line in lines)


def _spans(cell: Cell) -> tuple[Span, ...]:
    return ((cell, ""),) if isinstance(cell, str) else cell


def _width(spans: tuple[Span, ...]) -> int:
    return sum(len(text) for text, _ in spans)


def _line(
    row: Sequence[tuple[Span, ...]],
    widths: Sequence[int],
    right: Collection[int],
    colour: bool,
    trailing: bool,
) -> str:
    out: list[Span] = []
    for index, (spans, width) in enumerate(zip(row, widths, strict=True)):
        missing = " " * (width - _width(spans))
        gap = "  " if trailing or index < len(row) - 1 else ""
        if index in right:
            # As in Juju, what fills up on the left belongs to the colour of the cell before.
            text, colour_before = out.pop() if out else ("", "")
            out.append((text + missing, colour_before))
            missing = ""
        pad = missing + gap if gap else ""
        out += [*spans[:-1], (spans[-1][0] + pad, spans[-1][1])]
    return "".join(_paint(*span) if colour else span[0] for span in out)


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if code and text.strip() else text
