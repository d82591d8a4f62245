# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reading charm archives: good ones whole, bad ones refused with the reason."""

import zipfile

import pytest
import yaml

from onebox import charms
from onebox.errors import Refused

METADATA = {
    "name": "web",
    "summary": "A web server.",
    "description": "Serves pages.",
    "requires": {"db": {"interface": "sql", "limit": 1}, "cert": "tls-certificates"},
    "provides": {"website": {"interface": "http", "optional": False}},
    "peers": {"cluster": {"interface": "web_peer"}},
    "storage": {
        "data": {"type": "filesystem", "location": "/srv/data"},
        "logs": {"type": "filesystem", "multiple": {"range": "1-3"}, "minimum-size": "1.5G"},
        "cache": {"type": "block", "multiple": {"range": "0-"}},
    },
    "resources": {"site": {"type": "file", "filename": "site.tgz", "description": "pages"}},
    "extra-bindings": {"admin": None},
}
MANIFEST = {
    "bases": [
        {"name": "ubuntu", "channel": "24.04", "architectures": ["amd64"]},
        {"name": "ubuntu", "channel": "24.04", "architectures": ["arm64"]},
        {"name": "ubuntu", "channel": 22.04},
    ]
}
CONFIG = {
    "options": {
        "port": {"type": "int", "default": 80, "description": "where"},
        "ratio": {"type": "float", "default": 1},
        "debug": {"type": "boolean", "default": False},
        "name": {"type": "string"},
        "key": {"type": "secret"},
    }
}
ACTIONS = {
    "restart": {"description": "Restarts.", "parallel": True, "execution-group": "power"},
    "greet": {
        "params": {"name": {"type": "string"}},
        "required": ["name"],
        "additionalProperties": True,
    },
}


@pytest.fixture
def pack(tmp_path):
    """Packs a charm; documents that are given replace the good ones, None leaves one out."""

    def make(files=(), **documents):
        good = {"metadata": METADATA, "manifest": MANIFEST, "config": CONFIG, "actions": ACTIONS}
        path = tmp_path / "web.charm"
        with zipfile.ZipFile(path, "w") as archive:
            for name, document in {**good, **documents}.items():
                if document is not None:
                    text = document if isinstance(document, str) else yaml.safe_dump(document)
                    archive.writestr(f"{name}.yaml", text)
            for name, content in dict(files).items():
                archive.writestr(name, content)
        return path

    return make


def refusal(path, **options):
    with pytest.raises(Refused) as refused:
        charms.read(path, **options)
    return refused.value.message


def test_endpoints(pack):
    charm = charms.read(pack())
    found = {e.name: (e.role, e.interface, e.limit, e.optional) for e in charm.endpoints.values()}
    assert found == {
        "db": ("requirer", "sql", 1, True),
        "cert": ("requirer", "tls-certificates", None, True),
        "website": ("provider", "http", None, False),
        "cluster": ("peer", "web_peer", None, True),
    }


def test_name_url_version_and_bases(pack):
    charm = charms.read(pack({"version": "1.2\n"}), digest="d")
    assert (charm.name, charm.digest, charm.version) == ("web", "d", "1.2")
    assert [f"{b.name}@{b.channel}" for b in charm.bases] == [
        "ubuntu@24.04/stable",
        "ubuntu@22.04/stable",
    ]
    assert charm.extra_bindings == ("admin",)
    assert charm.resources["site"].filename == "site.tgz"


def test_options(pack):
    options = charms.read(pack()).options
    assert {k: (o.type, o.default) for k, o in options.items()} == {
        "port": ("int", 80),
        "ratio": ("float", 1.0),
        "debug": ("boolean", False),
        "name": ("string", None),
        "key": ("secret", None),
    }


def test_storage_counts(pack):
    storage = charms.read(pack()).storage
    assert {k: (s.minimum, s.maximum, s.multiple) for k, s in storage.items()} == {
        "data": (1, 1, False),
        "logs": (1, 3, True),
        "cache": (0, None, True),
    }
    assert [storage[name].size for name in ("data", "logs")] == [None, 1536]


def test_actions(pack):
    actions = charms.read(pack()).actions
    assert (actions["restart"].parallel, actions["restart"].group) == (True, "power")
    assert (actions["greet"].parallel, actions["greet"].group) == (False, "")
    assert actions["restart"].schema_["additionalProperties"] is False
    greet = actions["greet"].schema_
    assert greet["required"] == ["name"]
    assert greet["additionalProperties"] is True
    assert greet["properties"] == {"name": {"type": "string"}}
    assert greet["title"] == "greet"


def test_charm_without_config_and_actions(pack):
    charm = charms.read(pack(config=None, actions=None))
    assert (charm.options, charm.actions) == ({}, {})


@pytest.mark.parametrize(
    ("document", "change", "reason"),
    [
        ("metadata", None, 'archive file "metadata.yaml" not found'),
        ("manifest", None, 'archive file "manifest.yaml" not found'),
        ("manifest", {"bases": []}, "charm has no bases"),
        ("manifest", {"bases": [{"name": "ubuntu"}]}, "base needs a name and a channel"),
        ("metadata", "a: [", "metadata.yaml: while parsing"),
        ("metadata", "- a", "metadata.yaml: expected a mapping"),
        ("metadata", {**METADATA, "name": "Bad Name"}, "invalid charm name 'Bad Name'"),
        ("metadata", {**METADATA, "summary": ""}, "summary: expected a text"),
        ("metadata", {**METADATA, "requires": ["db"]}, "requires: expected map"),
        (
            "metadata",
            {**METADATA, "provides": {"db": {"interface": "x"}}},
            'charm "web" using a duplicated relation name: "db"',
        ),
        (
            "metadata",
            {**METADATA, "provides": {"juju-x": {"interface": "x"}}},
            'using a reserved relation name: "juju-x"',
        ),
        ("metadata", {**METADATA, "provides": {"x": {}}}, "lacks an interface"),
        (
            "metadata",
            {**METADATA, "subordinate": True},
            'subordinate charm "web" lacks "requires" relation with container scope',
        ),
        (
            "metadata",
            {**METADATA, "storage": {"x": {"type": "filesystem", "multiple": {"range": "x"}}}},
            'storage "x": invalid count range "x"',
        ),
        ("metadata", {**METADATA, "storage": {"x": {}}}, "type must be specified"),
        (
            "metadata",
            {**METADATA, "storage": {"x": {"type": "filesystem", "minimum-size": "big"}}},
            'storage "x": invalid minimum size "big"',
        ),
        *(
            (
                "metadata",
                {**METADATA, "storage": {"x": {"type": "filesystem", "location": place}}},
                f'storage "x": invalid location "{place}"',
            )
            for place in ("/", "/var", "/srv/../../etc", "/var/lib/juju/storage/mine")
        ),
        (
            "metadata",
            {**METADATA, "resources": {"x": {"filename": "a/b"}}},
            'resource "x" needs a file name without a directory',
        ),
        ("config", {"options": {"x": {"type": "odd"}}}, 'option "x" has unknown type "odd"'),
        (
            "config",
            {"options": {"x": {"type": "int", "default": "a"}}},
            'invalid config default: option "x" expected int, got "a"',
        ),
        (
            "config",
            {"options": {"x": {"type": "int", "default": True}}},
            'option "x" expected int, got True',
        ),
        ("actions", {"Bad": {}}, "bad action name Bad"),
        ("actions", {"juju-x": {}}, 'cannot use action name "juju-x"'),
        (
            "actions",
            {"a": {"params": {"b": {"type": "odd"}}}},
            'invalid params schema for action "a"',
        ),
        ("actions", {"a": {"params": {"b": {"$ref": "#"}}}}, "$ref and $schema"),
        ("actions", {"a": {"parallel": "yes"}}, 'value for "parallel" in action "a" must be'),
    ],
)
def test_refuses(pack, document, change, reason):
    assert reason in refusal(pack(**{document: change}))


def test_refuses_the_venv_of_another_python(pack):
    path = pack({"venv/lib/python3.99/site-packages/ops/__init__.py": ""})
    message = refusal(path, python="3.12")
    assert 'charm "web" is packed for Python 3.99' in message
    assert "python3 on this machine is 3.12" in message
    assert message.endswith("tools/pack.py web")
    assert charms.read(path, python="3.99").name == "web"


def test_host_python_is_a_version():
    major, minor = map(int, charms.host_python().split("."))
    assert (major, minor) >= (3, 10)


def test_refuses_yaml_that_grows(pack):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for i in range(1, 8):
        items = ", ".join([f"*a{i - 1}"] * 10)
        lines.append(f"a{i}: &a{i} [{items}]")
    assert "more than 100000 values" in refusal(pack(metadata="\n".join(lines)))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ubuntu@24.04", ("ubuntu", "24.04/stable")),
        ("ubuntu@22.04/edge", ("ubuntu", "22.04/edge")),
    ],
)
def test_bases(text, wanted):
    base = charms.parse_base(text)
    assert (base.name, base.channel) == wanted


@pytest.mark.parametrize("text", ["ubuntu", "@24.04", "ubuntu@", "ubuntu@noble"])
def test_bad_bases(text):
    with pytest.raises(Refused, match="expected base string"):
        charms.parse_base(text)


@pytest.mark.parametrize(
    ("assumes", "unmet"),
    [
        (["juju >= 3.1", "juju < 5"], ""),
        ([{"any-of": ["k8s-api", {"all-of": ["juju >= 4", "juju<4.1"]}]}], ""),
        (["juju >= 42"], "  - charm requires Juju version >= 42.0.0, model has version 4.0.15"),
        (["juju < 4.0.15"], "  - charm requires Juju version < 4.0.15, model has version 4.0.15"),
        (
            ["popcorn >= 1.2", {"any-of": ["salt", {"all-of": ["juju", "sugar"]}]}],
            """\
  - charm requires feature "popcorn" but model does not support it
  - charm requires at least one of the following:
    - charm requires feature "salt" but model does not support it
    - charm requires all of the following:
      - charm requires feature "sugar" but model does not support it""",
        ),
    ],
)
def test_what_it_assumes_of_juju(pack, assumes, unmet):
    found = charms.read(pack(metadata={**METADATA, "assumes": assumes})).unmet
    assert found == (f"Charm cannot be deployed because:\n{unmet}" if unmet else "")


@pytest.mark.parametrize("assumes", ["juju", [3], [{"none-of": []}], ["juju => 3"], [{}]])
def test_assumptions_that_are_none(pack, assumes):
    with pytest.raises(Refused, match="metadata: assumes: "):
        charms.read(pack(metadata={**METADATA, "assumes": assumes}))
