# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Has `promtool` in .cache/promtool: alert rules are tested by Prometheus' own judge."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from dataops.host.packages import PackageError, unpack_apt

HOME = Path(__file__).resolve().parent.parent / ".cache" / "promtool"


def main() -> int:
    if shutil.which("promtool"):
        return 0
    with tempfile.TemporaryDirectory(prefix="dataops-promtool-") as directory:
        try:
            unpack_apt(["prometheus", "promtool"], Path(directory))
        except PackageError as error:
            print(f"ERROR promtool is missing. {error}", file=sys.stderr)
            return 1
        HOME.mkdir(parents=True, exist_ok=True)
        for name in ("promtool", "prometheus"):
            shutil.copy2(Path(directory) / "usr" / "bin" / name, HOME / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
