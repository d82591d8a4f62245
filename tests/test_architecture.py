# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The import arrow of docs/explanation/architecture.md, and the shape that every charm keeps."""

import ast
import graphlib
import sys
from collections.abc import Collection
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
CHARMS = sorted(p.parent for p in (ROOT / "charms").glob("*/charmcraft.yaml"))
SOURCES = sorted(
    p
    for base in ("lib/src", "engine/src", "tools", "charms")
    for p in (ROOT / base).rglob("*.py")
    if "tests" not in p.relative_to(ROOT).parts
)
# Modules that a flat charm module of the same name would hide.
CLIENT_LIBRARIES = {"kafka", "ops", "pydantic", "requests", "yaml", "jinja2", "prometheus_client"}


def imported(path: Path) -> set[str]:
    """Every absolute module name that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def imports_any(path: Path, *packages: str) -> set[str]:
    """Those imports of a file that belong to one of the packages."""
    return {m for m in imported(path) if any(m == p or m.startswith(f"{p}.") for p in packages)}


def names(paths: list[Path]) -> list[str]:
    """Readable test ids."""
    return [str(p.relative_to(ROOT)) for p in paths]


def test_there_is_something_to_hold() -> None:
    assert {c.name for c in CHARMS} == {
        "certificates", "data-access", "day2", "kafka", "object-storage", "prometheus-bridge",
        "spark",
    }  # fmt: skip
    assert len(SOURCES) > 100


ENGINE = sorted((ROOT / "engine" / "src").rglob("*.py"))


@pytest.mark.parametrize("path", ENGINE, ids=names(ENGINE))
def test_the_engine_knows_no_charm(path: Path) -> None:
    assert not imports_any(path, "ops", "dataops", "charmlibs")


LIBRARY = sorted((ROOT / "lib" / "src").rglob("*.py"))


@pytest.mark.parametrize("path", LIBRARY, ids=names(LIBRARY))
def test_the_library_knows_neither_engine_nor_charm(path: Path) -> None:
    charm_modules = {p.stem for c in CHARMS for p in (c / "src").glob("*.py")} - {"__init__"}
    assert not imports_any(path, "onebox", *charm_modules)


def test_scheduler_and_changes_are_pure() -> None:
    """Model in, model out: no clock, no file, no process, no thread."""
    engine = ROOT / "engine" / "src" / "onebox"
    pure = [*(engine / "scheduler").glob("*.py"), *(engine / "changes").glob("*.py")]
    assert len(pure) > 10
    for path in pure:
        effects = imports_any(
            path, "os", "subprocess", "socket", "threading", "time", "sqlite3", "shutil",
            "onebox.store", "onebox.daemon", "onebox.worker", "onebox.dispatcher", "onebox.client",
        )  # fmt: skip
        assert not effects, path


BASES = [ROOT / "engine" / "src", ROOT / "lib" / "src", *(charm / "src" for charm in CHARMS)]


@pytest.mark.parametrize("base", BASES, ids=names(BASES))
def test_no_module_needs_itself(base: Path) -> None:
    """No circle of imports, be one of them inside a function or for the type checker alone."""
    places = {
        ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__"): path
        for path in base.rglob("*.py")
    }
    needs = {name: narrowed(imported(path), places) - {name} for name, path in places.items()}
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" needs ".join(reversed(error.args[1])))


def narrowed(wanted: set[str], places: Collection[str]) -> set[str]:
    """Those of our own modules; a package counts only where something of its own is wanted."""
    found = wanted & set(places)
    inner = {name.rpartition(".")[0] for name in found}
    outer = {name.rpartition(".")[0] for name in wanted - found}
    return {name for name in found if name not in inner or name in outer}


def test_the_map_names_every_module_of_the_engine() -> None:
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text()
    engine = ROOT / "engine" / "src" / "onebox"
    modules = {f"`{path.name}`" for path in engine.glob("[a-z]*.py")}
    folders = {f"`{path.parent.name}/" for path in engine.glob("*/__init__.py")}
    assert not [name for name in sorted(modules | folders) if name not in page]


def test_rendering_is_pure() -> None:
    for path in (ROOT / "engine" / "src" / "onebox" / "render").glob("*.py"):
        assert not imports_any(
            path, "subprocess", "socket", "sqlite3", "onebox.store", "onebox.client", "onebox.api"
        ), path


@pytest.mark.parametrize("charm", CHARMS, ids=names(CHARMS))
class TestCharm:
    """What every charm folder promises."""

    def test_has_the_files_of_the_shape(self, charm: Path) -> None:
        for name in ("charm.py", "observed.py", "plan.py", "status.py"):
            assert (charm / "src" / name).is_file(), f"{charm.name} lacks src/{name}"

    def test_charm_py_is_a_table_of_contents(self, charm: Path) -> None:
        assert len((charm / "src" / "charm.py").read_text().splitlines()) < 150

    def test_nothing_is_deferred(self, charm: Path) -> None:
        for path in (charm / "src").rglob("*.py"):
            assert ".defer()" not in path.read_text(), path

    def test_decisions_import_no_effects(self, charm: Path) -> None:
        """plan and status never import the workload, nor anything that acts on the host."""
        for name in ("plan.py", "status.py", "observed.py"):
            assert not imports_any(
                charm / "src" / name,
                "broker", "cluster", "bridge", "admin", "authority", "server", "operations",
                "subprocess", "requests", "kafka", "dataops.host.services",
                "dataops.host.packages",
            ), name  # fmt: skip

    def test_the_workload_knows_no_juju(self, charm: Path) -> None:
        for name in ("broker.py", "cluster.py", "bridge.py", "admin.py", "server.py"):
            path = charm / "src" / name
            if path.exists():
                assert not imports_any(path, "ops", "charm"), name

    def test_modules_hide_no_library(self, charm: Path) -> None:
        hidden = {p.stem for p in (charm / "src").glob("*.py")} & (
            set(sys.stdlib_module_names) | CLIENT_LIBRARIES
        )
        assert not hidden

    def test_every_source_file_has_its_test(self, charm: Path) -> None:
        # A package of small files may be tested by one file of the package's name.
        tests = {p.stem for p in (charm / "tests" / "unit").rglob("test_*.py")}
        for path in (charm / "src").glob("*.py"):
            assert f"test_{path.stem}" in tests, f"{charm.name}: no test_{path.name}"

    def test_every_verb_has_its_test(self, charm: Path) -> None:
        for path in (charm / "src" / "operations").glob("*.py"):
            if path.stem != "__init__":
                expected = charm / "tests" / "unit" / "operations" / f"test_{path.name}"
                assert expected.is_file(), expected.relative_to(ROOT)

    def test_endpoints_of_the_product(self, charm: Path) -> None:
        metadata = yaml.safe_load((charm / "charmcraft.yaml").read_text())
        ends = {**metadata.get("provides", {}), **metadata.get("requires", {})}
        assert ends["operations"]["interface"] == "dataops_operations"


@pytest.mark.parametrize("path", SOURCES, ids=names(SOURCES))
def test_licence_header(path: Path) -> None:
    head = [line for line in path.read_text().splitlines()[:3] if not line.startswith("#!")]
    assert head[0] == "# Copyright 2026 The Charmed DataOps Authors"
    assert head[1] == "# SPDX-License-Identifier: Apache-2.0"
