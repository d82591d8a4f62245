# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a `.charm` file into a `Charm`, or says what is wrong with it."""

import re
import shutil
import subprocess
from pathlib import Path

from onebox.archive import Archive, opened
from onebox.charms import assumptions, schemas
from onebox.charms import metadata as meta
from onebox.charms.documents import document, mapping
from onebox.errors import Refused
from onebox.model import Charm

_VENV = re.compile(r"venv/lib/python(\d+\.\d+)/")
_HOOK_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def read(path: Path, *, digest: str = "", python: str | None = None) -> Charm:
    """The charm in the archive at `path`.

    Args:
        path: the `.charm` file.
        digest: the SHA-256 of the file, under which the engine keeps it.
        python: the `X.Y` of the host's `python3`; found out when the charm brings a venv.

    Raises:
        Refused: the archive is hostile, incomplete or contradicts itself; the text says where.
    """
    with opened(path) as archive:
        metadata = document(archive, "metadata.yaml", required=True)
        name = meta.charm_name(metadata)
        _check_python(name, archive, python)
        return Charm(
            url=f"local:{name}-0",
            name=name,
            revision=0,
            digest=digest,
            version=(archive.text("version") or "").strip(),
            unmet=assumptions.unmet(metadata.get("assumes")),
            summary=meta.sentence(metadata, "summary"),
            description=meta.sentence(metadata, "description"),
            subordinate=meta.subordinate(metadata),
            endpoints=meta.endpoints(metadata),
            extra_bindings=tuple(mapping(metadata, "extra-bindings")),
            options=schemas.options(document(archive, "config.yaml")),
            actions=schemas.actions(document(archive, "actions.yaml")),
            storage=meta.storages(metadata),
            resources=meta.resources(metadata),
            bases=meta.bases(document(archive, "manifest.yaml", required=True)),
        )


def host_python() -> str:
    """The `X.Y` of the `python3` that hooks find; empty when there is none."""
    program = shutil.which("python3", path=_HOOK_PATH)
    if not program:
        return ""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([program, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


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
