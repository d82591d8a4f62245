# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import subprocess
from pathlib import Path

from dataops.snapshot import manifest


def test_sha256sum_agrees_and_every_change_shows(tmp_path: Path) -> None:
    (tmp_path / "kafka-0").mkdir()
    for name in ("a", "kafka-0/b", "kafka-0/c d"):
        (tmp_path / name).write_text(name)
    assert set(manifest.write(tmp_path)) == {"a", "kafka-0/b", "kafka-0/c d"}
    command = ["sha256sum", "--check", "--strict", manifest.NAME]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert manifest.flaws(tmp_path) == ()
    (tmp_path / "a").write_text("changed")
    (tmp_path / "kafka-0/b").unlink()
    (tmp_path / "new").touch()
    assert manifest.flaws(tmp_path) == (
        "a: not as the manifest says",
        "kafka-0/b: missing",
        "new: not in the manifest",
    )
