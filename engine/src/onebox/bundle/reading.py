# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a bundle file with its overlays: documents, includes, relative paths, merging."""

import base64
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pydantic
import yaml

from onebox.bundle.specs import Bundle
from onebox.errors import Refused

Json = dict[str, Any]

_OVERLAY_ONLY = ("offers", "exposed-endpoints")
_FILE, _BASE64 = "include-file://", "include-base64://"
_MERGED = ("options", "annotations", "storage", "bindings", "resources", "offers", "devices")


def read(path: Path, overlays: Iterable[Path] = ()) -> Bundle:
    """The bundle at `path`, a file or a directory with `bundle.yaml`, with overlays on top.

    Raises:
        Refused: a file is missing, no YAML, or has a value of the wrong type.
    """
    file = main_file(path)
    home = file.absolute().parent
    base, *more = _documents(file, home)
    _check_base(base)
    for overlay in overlays:
        if not overlay.exists():
            missing = f'unable to process overlays: "{overlay}" not found'
            raise Refused(missing, "not-found")
        more += _documents(overlay, home)
    for document in more:
        base = merge(base, document)
    try:
        return Bundle.model_validate(base)
    except pydantic.ValidationError as error:
        raise Refused(f"cannot unmarshal bundle contents: {_explain(error)}") from None


def main_file(path: Path) -> Path:
    """The file itself, or the one of a directory."""
    return path / "bundle.yaml" if path.is_dir() else path


def _explain(error: pydantic.ValidationError) -> str:
    """Where the first value of a wrong type stands, and what was wanted there."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    wanted = first["msg"][0].lower() + first["msg"][1:]
    return f"{place}: {wanted}, got {first['input']!r}"


def _documents(path: Path, home: Path) -> list[Json]:
    text = source(path)
    try:
        values = list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        detail = " ".join(str(error).split())
        raise Refused(f"cannot unmarshal bundle contents: {path}: {detail}") from error
    found = [_resolved(value, path, home) for value in values if value is not None]
    if not found:
        raise Refused(f'bundle "{path}" is empty')
    return found


def source(path: Path) -> str:
    """The text of a bundle, which may be in a zip; Refused when it cannot be read."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as file:
                return file.read("bundle.yaml").decode()
        return path.read_text()
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise Refused(f'cannot read bundle "{path}": {error}') from error


def _resolved(value: Any, path: Path, home: Path) -> Json:
    """One document with its includes read and its paths made absolute.

    Juju finds charms and includes from the file that names them, but resources from the bundle's
    folder also where an overlay names them.
    """
    if not isinstance(value, dict):
        raise Refused(f"cannot unmarshal bundle contents: {path} is not a mapping")
    document = {str(k): v for k, v in cast(dict[Any, Any], value).items()}
    for section in ("applications", "machines", "saas"):
        if isinstance(document.get(section), dict):
            found = cast(dict[Any, Any], document[section])
            document[section] = {str(k): v for k, v in found.items()}
    for name, body in _bodies(document):
        _resolve_application(name, body, path.absolute().parent, home)
    return document


def _bodies(document: Json) -> Iterator[tuple[str, Json]]:
    found = document.get("applications")
    for name, body in cast(Json, found).items() if isinstance(found, dict) else ():
        if isinstance(body, dict):
            yield name, body


def _resolve_application(name: str, body: Json, directory: Path, home: Path) -> None:
    owner = f'application "{name}"'
    charm = body.get("charm")
    if isinstance(charm, str) and charm.startswith((".", "/", "local:")):
        body["charm"] = str((directory / charm.removeprefix("local:")).resolve())
    resources = body.get("resources")
    if isinstance(resources, dict):
        for key, value in cast(Json, resources).items():
            if isinstance(value, str):
                resources[key] = str((home / value).resolve())
    for section in ("options", "annotations"):
        values = body.get(section)
        if isinstance(values, dict):
            body[section] = {
                key: _included(value, directory, f'processing {section[:-1]} "{key}" for {owner}')
                for key, value in cast(Json, values).items()
            }


def _included(value: Any, directory: Path, doing: str) -> Any:
    """The text of a file, as it is or in base64, in place of an include."""
    if not isinstance(value, str) or not value.startswith((_FILE, _BASE64)):
        return value
    name = value.removeprefix(_FILE).removeprefix(_BASE64)
    path, prefix = directory / name, f'{doing}: resolving include "{name}": include '
    if path.is_dir():
        raise Refused(f'{prefix}path "{path}" resolves to a folder')
    try:
        content = path.read_bytes()
    except OSError:
        raise Refused(f'{prefix}file "{path}" not found') from None
    if value.startswith(_BASE64):
        return base64.b64encode(content).decode()
    return content.decode(errors="replace")


def _check_base(document: Json) -> None:
    applications = document.get("applications")
    for name, body in cast(Json, applications or {}).items():
        for key in _OVERLAY_ONLY if isinstance(body, dict) else ():
            if key in body:
                text = f"applications.{name}.{key} can only appear in an overlay section"
                raise Refused(text)


# -- overlays ----------------------------------------------------------------------------------


def merge(base: Json, overlay: Json) -> Json:
    """`overlay` on top of `base`; an application without a body is taken away."""
    if "services" in overlay:
        raise Refused('overlays use "applications"; the key "services" is deprecated')
    out = {**base}
    for key in ("bundle", "default-base", "machines"):
        if key in overlay:
            out[key] = overlay[key]
    out["applications"] = _applications(base, overlay)
    out["saas"] = _without_null({**_section(base, "saas"), **_section(overlay, "saas")})
    gone = {name for name, body in _section(overlay, "applications").items() if body is None}
    relations: list[Any] = [*(base.get("relations") or []), *(overlay.get("relations") or [])]
    out["relations"] = [r for r in relations if not gone & set(_names(r))]
    return out


def _section(document: Json, key: str) -> Json:
    found = document.get(key)
    return cast(Json, found) if isinstance(found, dict) else {}


def _without_null(found: Json) -> Json:
    return {key: value for key, value in found.items() if value is not None}


def _names(relation: Any) -> Iterator[str]:
    for end in cast(list[Any], relation) if isinstance(relation, list) else ():
        yield str(end).partition(":")[0]


def _applications(base: Json, overlay: Json) -> Json:
    out = dict(_section(base, "applications"))
    for name, body in _section(overlay, "applications").items():
        if body is None:
            out.pop(name, None)
        elif name in out and out[name] is None:
            raise Refused(f'base application "{name}" has no body')
        else:
            out[name] = _application(out.get(name) or {}, body)
    return out


def _application(base: Json, overlay: Json) -> Json:
    out = dict(base)
    for key, value in overlay.items():
        out[key] = _keys(base.get(key) or {}, value) if key in _MERGED else value
    return out


def _keys(base: Json, overlay: Any) -> Json:
    """Key by key; an empty map clears, and an empty value that is no text takes its key away."""
    if not overlay:
        return {}
    merged = {**base, **cast(Json, overlay)}
    return {key: value for key, value in merged.items() if value not in ([], {}, None)}
