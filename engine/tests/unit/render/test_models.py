# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

from onebox.changes import options
from onebox.render import models
from onebox.render.document import to_yaml


def as_lxd(text):
    """Our models say what runs them; the sample's were LXD's, in columns as wide."""
    return text.replace("onebox", "lxd   ")


def test_table(sample, world, model):
    found = models.listing([model], "m1", world.NOW)
    wanted = sample("models/table.txt").splitlines()
    text = models.models_table(found, [model]).splitlines()
    assert text[0] == wanted[0]
    assert [w.split() for w in text[2:]] == [
        wanted[2].split(),
        [word.replace("lxd", "onebox") for word in wanted[4].split()],
    ]


def test_listing_has_the_keys_of_a_real_one(world, model):
    (entry,) = models.listing([model], "m1", world.NOW)["models"]
    assert [*entry] == [
        *("name", "short-name", "model-uuid", "model-type", "controller-uuid"),
        *("controller-name", "is-controller", "cloud", "region", "type", "life", "status"),
        *("access", "last-connection", "agent-version"),
    ]


def test_details(sample, model):
    model["secrets"] = {}
    found = to_yaml({"m1": models.details(model)}).replace("type: onebox", "type: lxd")
    wanted = sample("models/show.yaml").splitlines()
    for line, expected in zip(found.splitlines(), wanted, strict=True):
        assert line == expected or "controller-uuid" in line


def test_age_of_a_model(world, model):
    later = world.at("13:28:51") + timedelta(hours=3)
    found = models.listing([model], "", later)["models"][0]
    assert found["status"]["since"] == "3 hours ago"


def test_controllers(sample):
    wanted = sample("models/controllers.txt").partition("\n\n")[2]
    text = models.controllers_table(models.controllers(2, "m1"))
    assert text == wanted


def test_a_new_model_is_configured_as_in_juju(sample):
    found = models.model_config({"defaults": options.DEFAULTS, "values": {}})
    # Juju's machines come from a cloud, ours are made as these say.
    ours = {key: found.pop(key) for key in ("machine-backend", "machine-packages", "type")}
    assert models.model_config_table(found) == sample("models/config.txt")
    assert {item["Source"] for item in ours.values()} == {"default"}


def test_model_config():
    answer = {"defaults": {"a": "", "b": True, "c": "5m"}, "values": {"c": "1m"}}
    found = models.model_config(answer)
    assert found["c"] == {"Value": "1m", "Source": "model"}
    lines = models.model_config_table(found).splitlines()
    assert lines[0].split() == ["Attribute", "From", "Value"]
    assert lines[1].split() == ["a", "default", '""']
    assert lines[3].split() == ["b", "default", "true"]
