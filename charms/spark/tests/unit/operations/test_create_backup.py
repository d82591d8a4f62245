# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

import pytest

from dataops.objectstore import Target
from dataops.operations import OperationError
from operations.create_backup import VERB, prepare


def test_each_unit_has_a_place_of_its_own(unit):
    made = unit(VERB)
    assert made.place == "spark-0-12345678"
    assert made.files >= 3
    assert "spark/0 backed up" in made.summary


def test_only_what_is_new_is_sent(unit):
    assert unit(VERB).new_bytes > 0
    assert unit(VERB).new_bytes == 0


def test_without_a_store_it_says_how_to_get_one(unit):
    with pytest.raises(OperationError, match="juju integrate spark:s3"):
        unit(VERB, store=None)


def test_a_plan_may_pass_over_who_has_no_store(unit):
    passed = unit(VERB, {"if-possible": True}, store=None)
    assert passed.id == ""
    assert "has no place for backups" in passed.summary


def test_it_needs_the_storage(spark, facts):
    found = facts(store=Target(kind="local", directory="/x"))
    context = VERB.context(found, spark, {})
    assert prepare(context).elsewhere == ()
    with pytest.raises(OperationError, match="no storage"):
        prepare(dataclasses.replace(context, observed=dataclasses.replace(found, data=None)))
