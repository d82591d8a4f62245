# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""In the place of jobs, whose service manager would be a process that outlives a test."""


class Waking:
    """Jobs of which there are none; remembers when to look again."""

    busy = False

    def look_again(self, seconds):
        assert seconds > 0

    def keep_only(self, tasks):
        assert not tasks
