# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `metadata.yaml` and `manifest.yaml` say: endpoints, storage, resources, bases."""

import re
from pathlib import PurePosixPath
from typing import Any, cast

from onebox.bases import parse_base
from onebox.charms.documents import as_dict, mapping
from onebox.errors import Refused
from onebox.model import Base, Endpoint, ResourceSpec, StorageSpec
from onebox.names import valid
from onebox.sizes import mebibytes

Json = dict[str, Any]

_ROLES = (("provides", "provider"), ("requires", "requirer"), ("peers", "peer"))


def charm_name(metadata: Json) -> str:
    """The charm's name; Refused when it is none."""
    name = metadata.get("name")
    if not isinstance(name, str) or not valid("application", name):
        raise Refused(f"metadata: name: invalid charm name {name!r}")
    return name


def sentence(metadata: Json, key: str) -> str:
    """A text that must be there, such as the summary."""
    text = metadata.get(key)
    if not isinstance(text, str) or not text.strip():
        raise Refused(f"metadata: {key}: expected a text, got {text!r}")
    return text


def subordinate(metadata: Json) -> bool:
    """Whether the charm lives beside another; Refused without a relation for that."""
    if metadata.get("subordinate") is not True:
        return False
    requires = mapping(metadata, "requires").values()
    if not any(as_dict(r).get("scope") == "container" for r in requires):
        name = metadata["name"]
        raise Refused(f'subordinate charm "{name}" lacks "requires" relation with container scope')
    return True


def endpoints(metadata: Json) -> dict[str, Endpoint]:
    """Provides, requires and peers by name; the application is left open."""
    found: dict[str, Endpoint] = {}
    for section, role in _ROLES:
        for name, spec in mapping(metadata, section).items():
            if name in found:
                raise Refused(
                    f'charm "{metadata["name"]}" using a duplicated relation name: "{name}"'
                )
            found[name] = _endpoint(metadata["name"], name, role, spec)
    return found


def _endpoint(charm: str, name: str, role: Any, spec: Any) -> Endpoint:
    body: Json = {"interface": spec} if isinstance(spec, str) else as_dict(spec)
    interface, scope, limit = body.get("interface"), body.get("scope"), body.get("limit")
    if name == "juju" or name.startswith("juju-"):
        raise Refused(f'charm "{charm}" using a reserved relation name: "{name}"')
    if not isinstance(interface, str) or not interface:
        raise Refused(f'metadata: relation "{name}" of charm "{charm}" lacks an interface')
    if interface == "juju" or (interface.startswith("juju-") and interface != "juju-info"):
        raise Refused(
            f'charm "{charm}" relation "{name}" using a reserved interface: "{interface}"'
        )
    if scope not in (None, "global", "container"):
        raise Refused(f'metadata: relation "{name}" has unknown scope {scope!r}')
    if limit is not None and (not isinstance(limit, int) or limit < 0):
        raise Refused(f'metadata: relation "{name}" has invalid limit {limit!r}')
    return Endpoint(
        application="",
        name=name,
        interface=interface,
        role=role,
        scope=scope or "global",
        limit=limit,
        optional=body.get("optional", True) is not False,
    )


def storages(metadata: Json) -> dict[str, StorageSpec]:
    """Storage by name, with how many of each."""
    charm = metadata["name"]
    return {n: _storage(charm, n, s) for n, s in mapping(metadata, "storage").items()}


def _storage(charm: str, name: str, spec: Any) -> StorageSpec:
    body = as_dict(spec)
    if body.get("type") not in ("filesystem", "block"):
        raise Refused(f'charm "{charm}" storage "{name}": type must be specified')
    minimum, maximum, multiple = _count_range(charm, name, body.get("multiple"))
    return StorageSpec(
        name=name,
        type=body["type"],
        location=_location(charm, name, str(body.get("location") or "")),
        minimum=minimum,
        maximum=maximum,
        multiple=multiple,
        size=_least(charm, name, body.get("minimum-size")),
    )


def _location(charm: str, name: str, text: str) -> str:
    """Where a storage is wanted; Refused for a place that is the agent's or not below `/`."""
    place, ours = PurePosixPath("/", text), PurePosixPath("/var/lib/juju")
    taken = ours.is_relative_to(place) or place.is_relative_to(ours / "storage")
    if text and (taken or ".." in place.parts):
        raise Refused(f'charm "{charm}" storage "{name}": invalid location "{text}"')
    return text


def _least(charm: str, name: str, text: Any) -> int | None:
    size = None if text is None else mebibytes(str(text))
    if text is not None and size is None:
        raise Refused(f'charm "{charm}" storage "{name}": invalid minimum size "{text}"')
    return size


def _count_range(charm: str, name: str, multiple: Any) -> tuple[int, int | None, bool]:
    """(minimum, maximum or None, may there be several) of a storage's `multiple: range`."""
    if not multiple:
        return 1, 1, False
    text = str(cast(Json, multiple).get("range", "")) if isinstance(multiple, dict) else ""
    found = re.fullmatch(r"(\d+)(-|\+|-(\d+))?", text)
    if not found:
        raise Refused(f'charm "{charm}" storage "{name}": invalid count range "{text}"')
    low = int(found[1])
    if found[2] is None:
        return low, low, True
    return low, int(found[3]) if found[3] else None, True


def resources(metadata: Json) -> dict[str, ResourceSpec]:
    """Resources by name."""
    return {n: _resource(n, s) for n, s in mapping(metadata, "resources").items()}


def _resource(name: str, spec: Any) -> ResourceSpec:
    body = as_dict(spec)
    kind = body.get("type", "file")
    filename = str(body.get("filename") or "")
    if kind == "file" and (not filename or "/" in filename):
        raise Refused(f'metadata: resource "{name}" needs a file name without a directory')
    text = str(body.get("description") or "")
    return ResourceSpec(name=name, type=kind, filename=filename, description=text)


def bases(manifest: Json) -> tuple[Base, ...]:
    """The bases of `manifest.yaml`, each once, whatever its architectures."""
    bases: Any = manifest.get("bases")
    if not isinstance(bases, list) or not bases:
        raise Refused("manifest.yaml: charm has no bases; Juju 4 requires at least one")
    found = [_base(item) for item in cast(list[Any], bases)]
    return tuple(dict.fromkeys(found))


def _base(item: Any) -> Base:
    if not isinstance(item, dict) or not {"name", "channel"} <= set(cast(Json, item)):
        raise Refused(f"manifest.yaml: base needs a name and a channel, got {item!r}")
    body = cast(Json, item)
    return parse_base(f"{body['name']}@{body['channel']}")
