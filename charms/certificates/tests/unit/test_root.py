# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The root as a value."""

import dataclasses
import re

import authority
from root import base_name, generation_of


def test_it_says_who_it_is(root):
    assert root.common_name == "Test CA"
    assert re.fullmatch("([0-9A-F]{2}:){31}[0-9A-F]{2}", root.fingerprint)


def test_it_knows_its_key(root):
    assert root.consistent
    other = authority.establish("Test CA", 10)
    assert not dataclasses.replace(root, private_key=other.private_key).consistent


def test_its_key_is_not_printed(root):
    assert "PRIVATE" not in repr(root)


def test_generations_share_a_name(root):
    assert (base_name("Test CA G12"), generation_of("Test CA G12")) == ("Test CA", 12)
    assert (base_name("Test CA"), generation_of("Test CA")) == ("Test CA", 1)
