# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from complaints import complaint


def test_the_last_known_trouble_is_told(tmp_path):
    assert complaint(tmp_path) == ""
    log = tmp_path / "broker.log"
    log.write_text("Address already in use\njava.io.IOException: No space left on device\n")
    assert complaint(tmp_path).startswith("disk full")
    log.write_text("all is well\n")
    assert complaint(tmp_path) == ""
