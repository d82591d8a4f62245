# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The option of a charm by which its operator names a directory."""

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator


def _absolute(directory: str) -> str:
    if directory and not PurePosixPath(directory).is_absolute():
        raise ValueError(f"{directory!r} is not an absolute path")
    return directory


#: A directory of the machine: an absolute path, or empty for none.
Directory = Annotated[str, AfterValidator(_absolute)]
