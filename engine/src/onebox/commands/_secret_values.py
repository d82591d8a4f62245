# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The key=value words and the file of `add-secret` and `update-secret`."""

from collections.abc import Iterable
from pathlib import Path

from onebox import secret_content
from onebox.errors import Refused
from onebox.values import yaml_mapping


def content(words: Iterable[str], file: str) -> dict[str, str]:
    """Key to base64 text from `key=value`, `key#base64=...`, `key#file=path` and a YAML file.

    A file is the way that keeps a secret out of the shell's history and the list of processes.
    """
    found = secret_content.from_arguments(words, _read)
    if file:
        values = {key: str(value) for key, value in yaml_mapping(file).items()}
        found.update(secret_content.from_settings(values))
    return found


def _read(path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise Refused(f"open {path}: {(error.strerror or '').lower()}") from error
