# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from samples import introduced, switched

import authority
from dataops.operations import Context, NoParams
from operations.list_certificates import VERB


def listed(facts):
    return VERB.run(Context(facts, None, NoParams())).certificates


def test_every_root_that_counts_is_listed(facts, root):
    new = authority.successor(root, 100)
    found = listed(facts(roots=introduced(root, new)))
    assert [one.listener for one in found] == ["root", "next root"]
    assert found[1].subject.startswith("CN=Test CA G2 [") and found[1].port == 0
    roots = switched(root, new)
    assert [one.listener for one in listed(facts(roots=roots))] == ["root", "old root"]
    assert listed(facts()) == ()
