# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Values as they are typed: `key=value`, `key=@file`, a YAML file, a dotted key."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from onebox.errors import Refused
from onebox.flags import UsageError, quote
from onebox.names import valid
from onebox.sizes import mebibytes

Json = dict[str, Any]

_WORDS = frozenset(["allocate-public-ip", "arch", "container", "image-id", "instance-role"])
_MORE_WORDS = frozenset(["instance-type", "root-disk-source", "virt-type"])
_LISTS = frozenset(["spaces", "tags", "zones"])
_COUNTS = frozenset(["cores", "cpu-power"])
_SIZES = frozenset(["mem", "root-disk"])
_CONSTRAINTS = _WORDS | _MORE_WORDS | _LISTS | _COUNTS | _SIZES


def load_yaml(text: str, where: str) -> Any:
    """The value of a YAML text; Refused names `where` it came from."""
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Refused(f"{where}: {' '.join(str(error).split())}") from error


def read_file(path: str) -> str:
    """The text of a file a person named, or of standard input; Refused when it cannot be read."""
    if path == "-":
        return sys.stdin.read()
    place = Path(path).expanduser().absolute()
    try:
        return place.read_text()
    except OSError as error:
        raise Refused(f"open {place}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise Refused(f'cannot read "{path}": not UTF-8 text') from error


def _read_option(path: str) -> str:
    place = Path(path).expanduser().absolute()
    if path != "-" and not place.exists():
        missing = f"stat {place}: no such file or directory"
        raise Refused(f"cannot read option from file {quote(path)}: {missing}")
    return read_file(path)


def yaml_mapping(path: str) -> Json:
    """The mapping a YAML file holds."""
    value = load_yaml(read_file(path), path)
    if not isinstance(value, dict):
        raise Refused(f"{path}: expected a mapping of keys to values")
    return {str(k): v for k, v in cast(dict[Any, Any], value).items()}


def pairs(words: Iterable[str]) -> dict[str, str]:
    """`key=value` words, each key once."""
    found: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UsageError(f'expected "key=value", got {quote(word)}')
        if key in found:
            raise UsageError(f"key {quote(key)} specified more than once")
        found[key] = value
    return found


def assignment(text: str) -> tuple[str, str]:
    """Key and value of `key=value`; a value `@path` is the text of that file."""
    key, _, value = text.partition("=")
    return key, option_value(value)


def option_value(text: str) -> str:
    """A value as it is typed; `@path` is the text of that file."""
    return _read_option(text[1:]) if text.startswith("@") else text


def constraints(text: str) -> Json:
    """`cores=2 mem=4G` as a mapping; numbers are numbers, memory and disks are MiB, as in Juju."""
    found: Json = {}
    for word in text.split():
        key, equals, value = word.partition("=")
        key = "cores" if key == "cpu-cores" else key
        if not equals or key not in _CONSTRAINTS:
            raise Refused(
                f'unknown constraint "{key}"' if equals else f'malformed constraint "{word}"'
            )
        found[key] = _constraint(key, value)
    return {key: found[key] for key in sorted(found)}


def asked_constraints(words: Iterable[str]) -> str:
    """The words of a command together; UsageError where they are no constraints."""
    text = " ".join(words)
    try:
        constraints(text)
    except Refused as error:
        raise UsageError(error.message) from None
    return text


def constraints_text(found: Json) -> str:
    """The same on one line, as Juju prints them: `cores=2 mem=4096M`."""
    return " ".join(f"{key}={_shown(key, value)}" for key, value in found.items())


def _shown(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(cast(list[str], value))
    # Nothing asked for is another thing than no word of it.
    return "" if value == 0 else f"{value}M" if key in _SIZES else str(value)


def _constraint(key: str, value: str) -> Any:
    if key in _LISTS:
        return value.split(",")
    if key == "allocate-public-ip":
        return value == "true"
    if key not in _COUNTS | _SIZES:
        return value
    size = mebibytes(value) if value else 0
    if size is None or (key in _COUNTS and value and not value.isdecimal()):
        rule = "integer" if key in _COUNTS else "float with optional M/G/T/P suffix"
        raise Refused(f'bad "{key}" constraint: must be a non-negative {rule}')
    return size


def assignments(texts: Iterable[str], application: str = "") -> Json:
    """What `--config` options give together: `key=value`, or a YAML file keyed by application."""
    values: Json = {}
    for text in texts:
        if "=" in text:
            key, value = assignment(text)
            values[key] = value
        else:
            values |= _settings(yaml_mapping(text), application)
    return values


def _settings(document: Json, application: str) -> Json:
    own = document.get(application) if application else document
    return dict(cast(Json, own)) if isinstance(own, dict) else document


def from_file(path: str, application: str) -> Json:
    """The settings of `application` in a YAML file keyed by application."""
    document = yaml_mapping(path)
    own = document.get(application)
    if not isinstance(own, dict):
        raise Refused(f'no settings found for "{application}"')
    return dict(cast(Json, own))


def parameters(texts: Iterable[str], *, as_text: bool = False) -> Json:
    """Action parameters: `a.b=1` nests; values are YAML unless `as_text`.

    Raises:
        UsageError: an argument has no `=` or an ill-formed key.
    """
    result: Json = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f'argument "{text}" must be of the form key.key.key...=value')
        _nest(result, _parts(key), value if as_text else load_yaml(value, text))
    return result


def _parts(key: str) -> list[str]:
    parts = key.split(".")
    for part in parts:
        if not valid("action", part):
            rule = "start and end with lowercase alphanumeric, and contain only"
            raise UsageError(f'key "{part}" must {rule} lowercase alphanumeric and hyphens')
    return parts


def _nest(result: Json, parts: list[str], value: Any) -> None:
    for part in parts[:-1]:
        inner: Any = result.get(part)
        result[part] = inner if isinstance(inner, dict) else {}
        result = result[part]
    result[parts[-1]] = value


def merged(base: Json, over: Json) -> Json:
    """`over` on top of `base`, mapping by mapping."""
    out = dict(base)
    for key, value in over.items():
        mine = out.get(key)
        both = isinstance(mine, dict) and isinstance(value, dict)
        out[key] = merged(cast(Json, mine), cast(Json, value)) if both else value
    return out
