# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""JSON and YAML with the bytes that Juju's Go libraries write."""

import json
import math
import re
from decimal import Decimal
from typing import Any, cast

# What the daemon answers, and what is shown.
Json = dict[str, Any]

_DIGIT = re.compile(r"[0-9]")
_RUNS = re.compile(r"[0-9]+|.", re.DOTALL)
_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class Timestamp(str):
    """Text that YAML must not quote although it reads as a time."""

    __slots__ = ()


def to_json(value: object) -> str:
    """One compact line, escaped as Go escapes it, with its newline."""
    plain = _whole(value)
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False).translate(_HTML) + "\n"


def _whole(value: object) -> object:
    """The same with `3.0` as `3`, for Go does not tell them apart, and maps sorted as text."""
    if isinstance(value, dict):
        mapping = cast(dict[str, object], value)
        return {k: _whole(mapping[k]) for k in (sorted(mapping) if _is_map(mapping) else mapping)}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in cast(list[object], value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_map(mapping: dict[str, object]) -> bool:
    """Whether a mapping is one of Go's maps: no field of a struct has a digit in its name.

    Where no key has one, the order that people count in is that of the texts.
    """
    return _DIGIT.search("".join(map(str, mapping))) is not None


def _counted(value: object) -> object:
    """The same with maps sorted as YAML of Go does: `app/2` before `app/10`."""
    if isinstance(value, dict):
        mapping = cast(dict[str, object], value)
        keys = sorted(mapping, key=_natural) if _is_map(mapping) else mapping
        return {key: _counted(mapping[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_counted(item) for item in cast(list[object], value)]
    return value


def _natural(key: object) -> list[tuple[int, int]]:
    """Sorts runs of digits by their number, after other signs and before letters."""
    return [
        (1, int(run)) if _DIGIT.match(run) else (2 if run.isalpha() else 0, ord(run))
        for run in _RUNS.findall(str(key))
    ]


def ordered(value: object) -> Any:
    """The same with the keys of every mapping sorted, as Go prints its maps."""
    if isinstance(value, dict):
        mapping = cast(dict[str, object], value)
        return {key: ordered(mapping[key]) for key in sorted(mapping)}
    if isinstance(value, list | tuple):
        return [ordered(item) for item in cast(list[object], value)]
    return value


def to_yaml(value: object) -> str:
    """Block YAML: double quotes where plain text would change its type, `|` for many lines."""
    import yaml

    text: str = yaml.dump(
        _counted(value),
        Dumper=_dumper(),
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        # Go folds longer lines at their spaces, and so does PyYAML with the same rules.
        width=80,
    )
    # PyYAML ends a document that is a bare value; Go does not.
    return text.removesuffix("...\n")


def formatted(value: object, form: str) -> str:
    """`value` as `json` or `yaml`."""
    return to_json(value) if form == "json" else to_yaml(value)


def _dumper() -> Any:
    # PyYAML costs 40 ms to import, which `juju status` need not pay.
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

        def check_simple_key(self) -> bool:
            # PyYAML would write an empty key as `? ""` on a line of its own.
            empty = isinstance(self.event, yaml.ScalarEvent) and not self.event.value
            return empty or super().check_simple_key()

    def text(dumper: Any, value: str) -> Any:
        tag = "tag:yaml.org,2002:str"
        if "\n" in value:
            return dumper.represent_scalar(tag, value, style="|")
        plain: str = dumper.resolve(yaml.ScalarNode, value, (True, False))
        quoted = plain != tag or value in ("y", "Y", "n", "N")
        return dumper.represent_scalar(tag, value, style='"' if quoted else None)

    def timestamp(dumper: Any, value: Timestamp) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:timestamp", str(value))

    def number(dumper: Any, value: float) -> Any:
        # YAML 1.1 reads `3e+11` as text, so only that tag leaves it plain.
        shown = go_float(value)
        return dumper.represent_scalar(
            dumper.resolve(yaml.ScalarNode, shown, (True, False)), shown
        )

    Dumper.add_representer(str, text)
    Dumper.add_representer(float, number)
    Dumper.add_representer(Timestamp, timestamp)
    return Dumper


def go_float(value: float) -> str:
    """`0.5`, `3`, `3e+11`: as Go's `%g` writes a number with the fewest digits."""
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    exact = Decimal(repr(value)).normalize()
    exponent = exact.adjusted() if value else 0
    if -5 < exponent < 6:
        return f"{exact:f}"
    mantissa = f"{exact.scaleb(-exponent):f}"
    return f"{mantissa}e{'+' if exponent >= 0 else '-'}{abs(exponent):02d}"
