# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a `.charm` file into a `Charm`, or says what is wrong with it."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, cast

import yaml

from onebox.archive import Archive, opened
from onebox.errors import Refused
from onebox.model import (
    ActionSpec,
    Base,
    Charm,
    Endpoint,
    Option,
    ResourceSpec,
    StorageSpec,
)

Json = dict[str, Any]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*")
_ACTION = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_VENV = re.compile(r"venv/lib/python(\d+\.\d+)/")
_ROLES = (("provides", "provider"), ("requires", "requirer"), ("peers", "peer"))
# Aliases let a tiny YAML file name billions of values; no real charm has a hundred thousand.
_MOST_VALUES = 100_000
_HOOK_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def read(path: Path, *, revision: int = 0, python: str | None = None) -> Charm:
    """The charm in the archive at `path`.

    Args:
        path: the `.charm` file.
        revision: the number the model gives to this upload.
        python: the `X.Y` of the host's `python3`; found out when the charm brings a venv.

    Raises:
        Refused: the archive is hostile, incomplete or contradicts itself; the text says where.
    """
    with opened(path) as archive:
        metadata = _document(archive, "metadata.yaml", required=True)
        name = _charm_name(metadata)
        _check_python(name, archive, python)
        return Charm(
            url=f"local:{name}-{revision}",
            name=name,
            revision=revision,
            digest=digest(path),
            version=(archive.text("version") or "").strip(),
            summary=_sentence(metadata, "summary"),
            description=_sentence(metadata, "description"),
            subordinate=_subordinate(metadata),
            endpoints=_endpoints(metadata),
            extra_bindings=tuple(_mapping(metadata, "extra-bindings")),
            options=_options(_document(archive, "config.yaml")),
            actions=_actions(_document(archive, "actions.yaml")),
            storage=_storages(metadata),
            resources=_resources(metadata),
            bases=_bases(_document(archive, "manifest.yaml", required=True)),
        )


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            sha.update(chunk)
    return sha.hexdigest()


def host_python() -> str:
    """The `X.Y` of the `python3` that hooks find; empty when there is none."""
    program = shutil.which("python3", path=_HOOK_PATH)
    if not program:
        return ""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([program, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _as_dict(value: Any) -> Json:
    return dict(cast(Json, value)) if isinstance(value, dict) else {}


def _check_python(name: str, archive: Archive, python: str | None) -> None:
    """A venv serves one minor version only; any other fails later with a bare ImportError."""
    packed = {found[1] for entry in archive.names if (found := _VENV.match(entry))}
    if not packed:
        return
    host = python if python is not None else host_python()
    if host not in packed:
        listed = " and ".join(sorted(packed))
        raise Refused(
            f'charm "{name}" is packed for Python {listed}, but python3 on this machine is '
            f"{host or 'missing'}; pack it here: tools/pack.py {name}"
        )


# -- documents ---------------------------------------------------------------------------------


def _document(archive: Archive, name: str, *, required: bool = False) -> Json:
    text = archive.text(name)
    if text is None:
        if required:
            raise Refused(f'archive file "{name}" not found')
        return {}
    try:
        value: Any = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        raise Refused(f"{name}: {' '.join(str(error).split())}") from error
    if not isinstance(value, dict | None):
        raise Refused(f"{name}: expected a mapping, got {value!r}")
    _count(name, cast(object, value))
    return _as_dict(value)


def _count(name: str, value: object) -> None:
    left, waiting = _MOST_VALUES, [value]
    while waiting:
        item = waiting.pop()
        left -= 1
        if left < 0:
            raise Refused(f"{name}: more than {_MOST_VALUES} values")
        if isinstance(item, dict):
            waiting += cast(dict[Any, Any], item).values()
        elif isinstance(item, list):
            waiting += cast(list[Any], item)


def _mapping(value: Json, key: str, where: str = "metadata") -> Json:
    """`value[key]` as a mapping with text keys; absent or null is empty."""
    found: Any = value.get(key) or {}
    if not isinstance(found, dict):
        raise Refused(f"{where}: {key}: expected map, got {found!r}")
    return {str(k): v for k, v in cast(dict[Any, Any], found).items()}


def _charm_name(metadata: Json) -> str:
    name = metadata.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Refused(f"metadata: name: invalid charm name {name!r}")
    return name


def _sentence(metadata: Json, key: str) -> str:
    text = metadata.get(key)
    if not isinstance(text, str) or not text.strip():
        raise Refused(f"metadata: {key}: expected a text, got {text!r}")
    return text


# -- metadata.yaml -----------------------------------------------------------------------------


def _subordinate(metadata: Json) -> bool:
    if metadata.get("subordinate") is not True:
        return False
    requires = _mapping(metadata, "requires").values()
    if not any(_as_dict(r).get("scope") == "container" for r in requires):
        name = metadata["name"]
        raise Refused(f'subordinate charm "{name}" lacks "requires" relation with container scope')
    return True


def _endpoints(metadata: Json) -> dict[str, Endpoint]:
    found: dict[str, Endpoint] = {}
    for section, role in _ROLES:
        for name, spec in _mapping(metadata, section).items():
            if name in found:
                raise Refused(
                    f'charm "{metadata["name"]}" using a duplicated relation name: "{name}"'
                )
            found[name] = _endpoint(metadata["name"], name, role, spec)
    return found


def _endpoint(charm: str, name: str, role: Any, spec: Any) -> Endpoint:
    body: Json = {"interface": spec} if isinstance(spec, str) else _as_dict(spec)
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


def _storages(metadata: Json) -> dict[str, StorageSpec]:
    charm = metadata["name"]
    return {n: _storage(charm, n, s) for n, s in _mapping(metadata, "storage").items()}


def _storage(charm: str, name: str, spec: Any) -> StorageSpec:
    body = _as_dict(spec)
    if body.get("type") not in ("filesystem", "block"):
        raise Refused(f'charm "{charm}" storage "{name}": type must be specified')
    minimum, maximum, multiple = _count_range(charm, name, body.get("multiple"))
    return StorageSpec(
        name=name,
        type=body["type"],
        location=str(body.get("location") or ""),
        minimum=minimum,
        maximum=maximum,
        multiple=multiple,
    )


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


def _resources(metadata: Json) -> dict[str, ResourceSpec]:
    return {n: _resource(n, s) for n, s in _mapping(metadata, "resources").items()}


def _resource(name: str, spec: Any) -> ResourceSpec:
    body = _as_dict(spec)
    kind = body.get("type", "file")
    filename = str(body.get("filename") or "")
    if kind == "file" and (not filename or "/" in filename):
        raise Refused(f'metadata: resource "{name}" needs a file name without a directory')
    text = str(body.get("description") or "")
    return ResourceSpec(name=name, type=kind, filename=filename, description=text)


def _bases(manifest: Json) -> tuple[Base, ...]:
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


def parse_base(text: str) -> Base:
    """The base that `ubuntu@24.04` or `ubuntu@24.04/stable` names; Refused otherwise."""
    found = re.fullmatch(r"([a-z]+)@(\d+(?:\.\d+)*)(?:/([a-z]+))?", text)
    if not found:
        raise Refused(
            f"expected base string to contain os and channel separated by '@', got \"{text}\""
        )
    return Base(name=found[1], channel=f"{found[2]}/{found[3] or 'stable'}")


# -- config.yaml and actions.yaml --------------------------------------------------------------

_TYPES: dict[str, tuple[str, tuple[type, ...]]] = {
    "string": ("string", (str,)),
    "secret": ("secret", (str,)),
    "int": ("int", (int,)),
    "integer": ("int", (int,)),
    "float": ("float", (int, float)),
    "boolean": ("boolean", (bool,)),
}


def _options(document: Json) -> dict[str, Option]:
    found = _mapping(document, "options", "config")
    return {name: _option(name, spec) for name, spec in found.items()}


def _option(name: str, spec: Any) -> Option:
    body = _as_dict(spec)
    if body.get("type") not in _TYPES:
        raise Refused(f'invalid config: option "{name}" has unknown type "{body.get("type")}"')
    kind, classes = _TYPES[body["type"]]
    default = body.get("default")
    # In Python a boolean is an integer; in a charm it is not.
    fits = isinstance(default, classes) and (kind == "boolean" or not isinstance(default, bool))
    if default is not None and not fits:
        shown = f'"{default}"' if isinstance(default, str) else default
        raise Refused(f'invalid config default: option "{name}" expected {kind}, got {shown}')
    if kind == "float" and default is not None:
        default = float(default)
    text = str(body.get("description") or "")
    return Option(type=cast(Any, kind), default=default, description=text)


def _actions(document: Json) -> dict[str, ActionSpec]:
    found = {str(name): spec for name, spec in document.items()}
    return {name: _action(name, spec) for name, spec in found.items()}


def _action(name: str, spec: Any) -> ActionSpec:
    if not _ACTION.fullmatch(name):
        raise Refused(f"bad action name {name}")
    if name == "juju" or name.startswith("juju-"):
        raise Refused(f'cannot use action name "{name}": "juju" and "juju-" are reserved')
    body = _as_dict(spec)
    rest = {k: v for k, v in body.items() if k not in ("params", "parallel", "execution-group")}
    description = str(body.get("description") or "")
    schema: Json = {
        "additionalProperties": False,
        "title": name,
        **rest,
        "description": description or "No description",
        "properties": body.get("params") or {},
        "type": "object",
    }
    _check_schema(name, schema)
    parallel = body.get("parallel") is True
    return ActionSpec(name=name, description=description, schema_=schema, parallel=parallel)


def _check_schema(name: str, schema: Json) -> None:
    # Validation is needed for charms with actions only, and the import is slow.
    import jsonschema

    if any(key in str(schema) for key in ("'$ref'", "'$schema'")):
        raise Refused(f'schema of action "{name}": $ref and $schema are not supported')
    try:
        jsonschema.Draft4Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise Refused(f'invalid params schema for action "{name}": {error.message}') from error
