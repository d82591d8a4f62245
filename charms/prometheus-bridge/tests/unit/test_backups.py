# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from factory import observed

from backups import access, storage
from dataops.objectstore import Target
from dataops.operations import OperationError


def test_each_unit_of_each_model_has_a_place_of_its_own():
    store = Target(kind="local", directory="/x")
    found = access(observed(store=store))
    assert (found.target, found.cluster) == (store, "prometheus-0-12345678")


def test_without_a_store_it_says_why():
    found = access(observed(store_trouble="the bucket is missing"))
    assert found.target is None
    assert "the bucket is missing" in found.nowhere


def test_files_need_the_storage(tmp_path):
    assert storage(observed(tmp_path)) == tmp_path / "data"
    with pytest.raises(OperationError, match="juju status --storage"):
        storage(observed(data=None))
