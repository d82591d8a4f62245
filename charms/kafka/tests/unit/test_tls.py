# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from dataops.certificates import Assigned
from tls import trusted_everywhere


def test_who_says_nothing_is_not_waited_for():
    tls = Assigned("", "", "ab", issuer="CN=new")
    silent, old, both = frozenset(), frozenset({"CN=old"}), frozenset({"CN=old", "CN=new"})
    assert trusted_everywhere(tls, [silent, both])
    assert not trusted_everywhere(tls, [both, old])
