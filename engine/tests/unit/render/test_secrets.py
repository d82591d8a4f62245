# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from onebox.render.document import to_json, to_yaml
from onebox.render.secrets import details, listing, secrets_table


@pytest.fixture
def secrets(model):
    return list(model["secrets"].values())


@pytest.fixture
def user_secret(world):
    return world.as_json(world.USER_SECRET)


def test_listing(sample, secrets):
    assert to_json(listing(secrets)) == sample("secrets/list.json")
    assert to_yaml(listing(secrets)) == sample("secrets/list.yaml")


def test_table(sample, world, secrets):
    now = world.at("13:32:00")
    assert secrets_table(secrets, now) == sample("secrets/table.txt")


def test_table_with_a_user_secret(sample, world, secrets, user_secret):
    now = world.at("13:32:21")
    text = secrets_table([*secrets, user_secret], now + timedelta(milliseconds=500))
    assert text == sample("secrets/user-table.txt")


def shown(model, secret, form="yaml", **flags):
    return {secret["id"]: details(model, secret, form=form, **flags)}


def test_details(sample, model, secrets):
    assert to_yaml(shown(model, secrets[0])) == sample("secrets/show.yaml")


def test_content_is_shown_on_request_only(sample, model, secrets):
    found = shown(model, secrets[0], reveal=True)
    assert to_yaml(found) == sample("secrets/reveal.yaml")
    found = shown(model, secrets[0], "json", reveal=True)
    assert to_json(found) == sample("secrets/reveal.json")
    assert "s3cr3t" not in to_yaml(shown(model, secrets[0]))


def test_revisions(sample, model, user_secret):
    found = shown(model, user_secret, revisions=True)
    assert to_yaml(found) == sample("secrets/revisions.yaml")


def test_an_old_revision(sample, model, user_secret):
    found = shown(model, user_secret, reveal=True, revision=1)
    assert to_yaml(found) == sample("secrets/old.yaml")
