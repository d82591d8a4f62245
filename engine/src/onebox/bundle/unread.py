# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Juju warns of in a bundle: keys that it does not read."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from onebox.bundle import reading

# What Juju knows in each part of a bundle, by what it calls that part.
_KNOWN = {
    "type charm.bundleData": (
        "applications bundle default-base description machines relations saas tags"
    ),
    "applications": (
        "annotations base bindings channel charm constraints devices expose exposed-endpoints "
        "num_units offers options placement plan resources revision scale storage to trust"
    ),
    "machines": "annotations base constraints",
    "saas": "url",
    "type charm.OfferSpec": "acl endpoints",
    "type charm.ExposedEndpointSpec": "expose-to-cidrs expose-to-spaces",
}
# The keys of a part that hold others by name, and what those are.
_INSIDE = {
    "applications": "applications",
    "machines": "machines",
    "saas": "saas",
    "offers": "type charm.OfferSpec",
    "exposed-endpoints": "type charm.ExposedEndpointSpec",
}


def warnings(path: Path, overlays: Sequence[Path], *, fields: bool) -> list[str]:
    """What to warn of in a bundle and its overlays; with `fields` also of every unknown key."""
    texts = [reading.source(file) for file in (reading.main_file(path), *overlays)]
    found: list[str] = []
    for index, text in enumerate(texts):
        if lines := [*_series(text)]:
            where = f"overlay index {index - 1}" if index else "the base bundle"
            head = f"unsupported key 'series' detected without a base in {where}. Ignoring:"
            found.append("\n- ".join([head, *lines]))
    unknown = [part for text in texts for part in _unknown(text)] if fields else []
    if unknown:
        parts = "\n".join(unknown)  # each ends its own line: a blank one is between them
        found.append(f"These fields\n{parts}will be ignored during deployment")
    return found


def _series(text: str) -> Iterator[str]:
    for number, document in enumerate(yaml.safe_load_all(text)):
        if not isinstance(document, dict):
            continue
        whole = cast(dict[str, Any], document)
        if whole.get("series") and not whole.get("default-base"):
            yield f"document {number}; bundle contains top level series. Please use default-base"
        for section in ("applications", "machines"):
            for name, body in cast(dict[str, Any], whole.get(section) or {}).items():
                if isinstance(body, dict) and "series" in body and "base" not in body:
                    what = f'{section[:-1]} "{name}"'
                    yield f"document {number}; bundle {what} contains series. Please use base"


def _unknown(text: str) -> Iterator[str]:
    """The unknown keys of each document, as Juju's YAML reader words them."""
    for number, document in enumerate(yaml.compose_all(text, yaml.SafeLoader)):
        if lines := [*_within(document, "type charm.bundleData")]:
            head = f" unmarshal document {number}: yaml: unmarshal errors:\n"
            yield head + "".join(f"  {line}\n" for line in lines)


def _within(node: Any, kind: str) -> Iterator[str]:
    for key, value in _pairs(node):
        if key.value not in _KNOWN[kind].split():
            yield f"line {key.start_mark.line + 1}: field {key.value} not found in {kind}"
        elif key.value in _INSIDE:
            for _, body in _pairs(value):
                yield from _within(body, _INSIDE[key.value])


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else []
