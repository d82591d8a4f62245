# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The key=value words of `add-secret` and `update-secret`, as a secret keeps them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

from onebox.flags import UsageError
from onebox.values import read_file, yaml_mapping

_KEY = re.compile(r"[a-z][a-z0-9-]{2,}")
_BASE64 = "#base64"
_FILE = "#file"


def content(words: Iterable[str], file: str) -> dict[str, str]:
    """Key to base64 text from `key=value`, `key#base64=...`, `key#file=path` and a YAML file.

    A file is the way that keeps a secret out of the shell's history and the list of processes.
    """
    found: dict[str, str] = {}
    if file:
        for key, value in yaml_mapping(file).items():
            _put(found, key, str(value))
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UsageError(f'key value "{word}" not valid')
        _put(found, key, value)
    return found


def _put(found: dict[str, str], key: str, value: str) -> None:
    name = key.removesuffix(_BASE64).removesuffix(_FILE)
    if not _KEY.fullmatch(name):
        raise UsageError(f'key "{name}" not valid')
    if key.endswith(_FILE):
        value = read_file(value)
    if key.endswith(_BASE64):
        found[name] = value
    else:
        found[name] = base64.b64encode(value.encode()).decode()
