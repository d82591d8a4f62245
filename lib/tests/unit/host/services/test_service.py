# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a service may be."""

import pytest

from dataops.host.services import Service


@pytest.mark.parametrize("name", ["", "Broker", "a b", "../x", "-x", "a/b"])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(ValueError, match="use a-z, 0-9 and dashes"):
        Service(name, ("/bin/true",))


@pytest.mark.parametrize("command", [(), ("java", "-version")])
def test_the_program_is_an_absolute_path(command):
    with pytest.raises(ValueError, match="absolute path"):
        Service("broker", command)
