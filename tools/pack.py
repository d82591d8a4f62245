#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Packs charms into `.charm` files without LXD, laid out as charmcraft's uv plugin does.

    tools/pack.py                                            # every charm, for this host's Python
    tools/pack.py kafka spark                                # these charms
    tools/pack.py --base ubuntu@24.04 --python 3.12          # for Juju machines of that base
    tools/pack.py ~/somewhere/their-charm                    # a charm of others, with its uv.lock

Writes `charms/<name>/<name>_<arch>.charm`, or the archive beside the charmcraft.yaml. The same
sources and lock give the same bytes on one host, so packing again changes nothing. Needs `uv`;
reaches PyPI only for what its cache lacks.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "pack"
# Another number makes anew what the cache holds.
RECIPE = 8
# Parts of packages that no charm of ours comes near: figures in other formats than SVG, builders
# of extensions, registries of schemas, commands, earlier interfaces, clocks of other countries.
UNUSED = (
    "fontTools/*Lib", "fontTools/pens", "fontTools/subset", "matplotlib/mpl-data/sample_data",
    "matplotlib/mpl-data/images", "matplotlib/mpl-data/fonts/afm", "matplotlib/mpl-data/stylelib",
    "matplotlib/mpl-data/fonts/pdfcorefonts", "matplotlib/sphinxext", "matplotlib/testing",
    "mpl_toolkits", "numpy/distutils", "numpy/f2py", "numpy/_core/include", "tzdata",
    "confluent_kafka/schema_registry", "confluent_kafka/avro", "confluent_kafka/kafkatest",
    "kafka/benchmarks", "kafka/cli", "jsonschema/benchmarks", "pydantic/v1",
)  # fmt: skip
# What installers and type checkers tell each other.
INSTALLERS = ("RECORD", "WHEEL", "INSTALLER", "REQUESTED", "top_level.txt", "uv_cache.json")
# The PATH that Juju gives to hooks: the Python found there is the one that runs a charm.
AGENT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
METADATA_KEYS = (
    "name", "title", "summary", "description", "links", "assumes", "subordinate",
    "provides", "requires", "peers", "storage", "resources", "extra-bindings",
)  # fmt: skip
# What a base brings: a charm for another Python would not run on its machines.
PYTHONS = {"ubuntu@22.04": "3.10", "ubuntu@24.04": "3.12", "ubuntu@26.04": "3.14"}
# Zip has no time before this one; a fixed time keeps the archive's bytes the same.
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Target:
    """Where a packed charm runs: base such as `ubuntu@24.04`, Python such as `3.12`, Juju arch."""

    base: str
    python: str
    arch: str

    @property
    def platform(self) -> str:
        """The platform in uv's words; its wheels run on every glibc since 2.28."""
        machine = {v: k for k, v in ARCHITECTURES.items()}[self.arch]
        return f"{machine}-manylinux_2_28"


class PackError(Exception):
    """A charm cannot be packed; the text names it and the next move."""


def host_python() -> str:
    """The version (`3.11`) of the Python that hooks find on this host."""
    found = shutil.which("python3", path=AGENT_PATH) or sys.executable
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run(
        [found, "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


def default_base(charmcraft: dict[str, Any]) -> str:
    """The base that charmcraft.yaml declares for all platforms, or that of the first one."""
    return str(charmcraft.get("base") or next(iter(charmcraft["platforms"]))).partition(":")[0]


def run(*argv: str, cwd: Path = ROOT) -> str:
    """The standard output of a command; PackError with its last lines when it fails."""
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-8:])
        raise PackError(f"{' '.join(argv[:4])} ... exited {done.returncode}:\n{tail}")
    return done.stdout


def uv() -> str:
    """The uv to use: on PATH, or in the workspace's environment."""
    found = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".venv" / "bin"))
    if found is None:
        raise PackError("Cannot find uv: install it, or run scripts/test --quick, which does")
    return found


def requirements(charm: Path) -> str:
    """The locked packages of a charm, without those of its workspace, one a line."""
    package = ("--package", f"{charm.name}-charm") if is_ours(charm) else ()
    return run(
        uv(), "export", "--frozen", "--no-dev", "--no-emit-workspace", "--no-hashes",
        "--no-header", "--no-annotate", *package, cwd=charm,
    )  # fmt: skip


def is_ours(charm: Path) -> bool:
    """Whether a charm is one of this repository, with the shared lock and library."""
    return charm.parent == ROOT / "charms"


def site_packages(wanted: str, target: Target, beside: Path | None = None) -> Path:
    """A directory with the wanted packages installed for `target`, built once per content.

    Only wheels are taken, but for a charm of others, which may bring archives `beside` itself.
    """
    brought = "".join(digest_of(p) for p in sorted(beside.glob("*.tar.gz"))) if beside else ""
    digest = hashlib.sha256(f"{RECIPE}\n{target}\n{wanted}{brought}".encode()).hexdigest()[:16]
    done = CACHE / digest
    if done.exists():
        return done
    CACHE.mkdir(parents=True, exist_ok=True)
    listing = CACHE / f"{digest}.txt"
    listing.write_text(wanted)
    building = CACHE / f"{digest}.tmp-{os.getpid()}"
    wheels_only = () if beside else ("--only-binary", ":all:")
    run(
        uv(), "pip", "install", "--quiet", "--target", str(building),
        "--requirement", str(listing), "--no-deps", *wheels_only,
        "--python-version", target.python, "--python-platform", target.platform,
        "--link-mode", "copy", cwd=beside or ROOT,
    )  # fmt: skip
    shutil.rmtree(building / "bin", ignore_errors=True)
    (building / ".lock").unlink(missing_ok=True)
    if beside is None:
        leave_out_unused(building)
        strip(building)
    compile_bytecode(building, target)
    building.rename(done)
    return done


def leave_out_unused(packages: Path) -> None:
    """Remove what no charm imports, a third of what a deployment has to unpack."""
    unused = [path for path in packages.rglob("tests") if path.is_dir()]
    unused += [path for pattern in UNUSED for path in packages.glob(pattern)]
    for path in unused:
        shutil.rmtree(path, ignore_errors=True)
    notes = (path for name in INSTALLERS for path in packages.glob(f"*.dist-info/{name}"))
    for path in (*packages.rglob("*.pyi"), *packages.rglob("py.typed"), *notes):
        path.unlink()
    # The wheel of zstandard brings its debugging symbols, and a second binding for PyPy.
    for binding in packages.glob("zstandard/_cffi.*.so"):
        binding.unlink()


def strip(packages: Path) -> None:
    """Drop debugging symbols, as distributions do, where this host has the tool for it."""
    program = shutil.which("strip")
    if program is None:
        return
    for library in sorted(packages.rglob("*.so")):
        # What auditwheel has rewritten for itself does not always survive it.
        if not library.parent.name.endswith(".libs"):
            subprocess.run([program, "--strip-unneeded", str(library)], check=False)


def compile_bytecode(directory: Path, target: Target) -> None:
    """Compile ahead when this host has the target's Python: the first hook is seconds faster."""
    python = shutil.which(f"python{target.python}", path=AGENT_PATH)
    if python is None:
        return
    # Hash-based files stay valid whatever time the extraction gives to the sources; without our
    # own path in them, the same sources give the same bytes.
    argv = [python, "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*argv, "-s", str(directory), str(directory)], check=False, capture_output=True)


def metadata_files(charmcraft: dict[str, Any], target: Target) -> Iterator[tuple[str, str]]:
    """The YAML files that Juju reads, derived from charmcraft.yaml."""
    base, _, channel = target.base.partition("@")
    yield "metadata.yaml", dump({k: charmcraft[k] for k in METADATA_KEYS if k in charmcraft})
    if "config" in charmcraft:
        yield "config.yaml", dump(charmcraft["config"])
    if "actions" in charmcraft:
        yield "actions.yaml", dump(charmcraft["actions"])
    yield (
        "manifest.yaml",
        dump(
            {
                "charmcraft-version": "4.5.0",
                "bases": [{"name": base, "channel": channel, "architectures": [target.arch]}],
                "analysis": {"attributes": [{"name": "language", "result": "python"}]},
            }
        ),
    )


def dump(value: object) -> str:
    """Block YAML in the order of the source."""
    return yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True)


class _Plain(yaml.SafeDumper):
    """Writes out what the source only refers to: not every reader follows."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def tree(directory: Path) -> Iterator[tuple[str, Path]]:
    """Every file below `directory` with its path there."""
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(directory)), path


def write(archive: zipfile.ZipFile, name: str, data: bytes, *, executable: bool) -> None:
    """Add one file with a fixed time and plain modes."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
    archive.writestr(entry, data, compresslevel=6)


def pack(named: str, base: str | None, python: str, arch: str) -> tuple[Path, bool]:
    """Pack one charm by name or folder; the path of the archive and whether its bytes changed."""
    charm = Path(named).resolve() if "/" in named else ROOT / "charms" / named
    if not (charm / "charmcraft.yaml").is_file():
        known = ", ".join(charm_names())
        raise PackError(f"Cannot pack {named!r}: no {charm}/charmcraft.yaml; charms: {known}")
    charmcraft = yaml.safe_load((charm / "charmcraft.yaml").read_text())
    name = str(charmcraft["name"])
    target = Target(base or default_base(charmcraft), python, arch)
    packages = site_packages(requirements(charm), target, None if is_ours(charm) else charm)
    site = f"venv/lib/python{python}/site-packages"
    result = charm / f"{name}_{arch}.charm"
    made = dict(metadata_files(charmcraft, target))
    made["dispatch"] = dispatch(name, python, reconciles=is_ours(charm))
    own = dict(own_files(charm, site))
    # What these sources were packed to the last time.
    known = CACHE / f"{digest_of_sources(made, own, packages)}.packed"
    before = digest_of(result) if result.exists() else None
    if known.exists() and known.read_text() == before:
        return result, False
    building = result.with_suffix(f".tmp-{os.getpid()}")
    with zipfile.ZipFile(building, "w") as archive:
        for file, text in made.items():
            write(archive, file, text.encode(), executable=file == "dispatch")
        with tempfile.TemporaryDirectory() as directory:
            copy(own, Path(directory))
            compile_bytecode(Path(directory), target)
            add(archive, Path(directory))
        add(archive, packages, f"{site}/")
    after = digest_of(building)
    building.replace(result)
    known.write_text(after)
    return result, after != before


def dispatch(name: str, python: str, *, reconciles: bool) -> str:
    """The program that Juju starts for every hook and action.

    A charm that reconciles, as ours do, does all there is to do whatever woke it: hooks that
    another one follows are passed over. A foreign charm gets every hook.
    """
    here = Path(__file__).parent
    text = (here / "dispatch.sh").read_text().replace("@python@", python).replace("@name@", name)
    passing = (here / "passing.sh").read_text() if reconciles else ""
    return text.replace("@passing@\n", passing)


def own_files(charm: Path, site: str) -> Iterator[tuple[str, Path]]:
    """The charm's own sources, what its workload is pinned by, and the shared library."""
    yield from sources("src/", charm / "src")
    if is_ours(charm):
        for file, path in sources(f"{site}/dataops/", ROOT / "lib" / "src" / "dataops"):
            # Fakes are for the tests of charms.
            if not file.startswith(f"{site}/dataops/testing/"):
                yield file, path
    for pinned in ("pom.xml", "workload.txt", "README.md"):
        if (charm / pinned).is_file():
            yield pinned, charm / pinned


def sources(prefix: str, directory: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a folder but what Python leaves there when it runs."""
    for file, path in tree(directory):
        if "__pycache__" not in path.parts:
            yield prefix + file, path


def copy(files: dict[str, Path], target: Path) -> None:
    """Copy each file to its place below `target`."""
    for name, path in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target / name)


def add(archive: zipfile.ZipFile, directory: Path, prefix: str = "") -> None:
    """Add every file of a folder."""
    for file, path in tree(directory):
        write(archive, prefix + file, path.read_bytes(), executable=os.access(path, os.X_OK))


def digest_of_sources(made: dict[str, str], own: dict[str, Path], packages: Path) -> str:
    """The SHA-256 in hex of all that an archive is made of."""
    # The folder of the packages is named by what is in it.
    parts = [str(RECIPE), packages.name, *(f"{name}\0{text}" for name, text in made.items())]
    parts += [f"{n}\0{os.access(p, os.X_OK)}\0{digest_of(p)}" for n, p in own.items()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def charm_names() -> list[str]:
    """Every folder below charms/ that holds a charm."""
    return sorted(p.parent.name for p in (ROOT / "charms").glob("*/charmcraft.yaml"))


def only_here(base: str | None, python: str) -> str:
    """What to say when the charms run on this host's onebox, but on no machine of their base."""
    meant = base or "ubuntu@24.04"
    wanted = PYTHONS.get(meant.partition(":")[0], python)
    if wanted == python:
        return ""
    return (
        f"These are for Python {python}, as onebox on this host has it; for Juju's machines of "
        f"{meant}: tools/pack.py --base {meant} --python {wanted}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Pack charms into .charm files")
    parser.add_argument("names", nargs="*", metavar="NAME|FOLDER", help="default: every charm")
    parser.add_argument("--base", help="such as ubuntu@24.04; default: what the charm declares")
    parser.add_argument(
        "--python", default=host_python(), help="default: %(default)s, this host's"
    )
    arch = ARCHITECTURES.get(platform.machine(), platform.machine())
    parser.add_argument("--arch", default=arch, choices=sorted(ARCHITECTURES.values()))
    args = parser.parse_args()
    try:
        for name in args.names or charm_names():
            path, changed = pack(name, args.base, args.python, args.arch)
            note = f"{path.stat().st_size / 1e6:.1f} MB" if changed else "unchanged"
            print(f"{os.path.relpath(path)}  {note}", flush=True)
        if said := only_here(args.base, args.python):
            print(said, file=sys.stderr)
    except PackError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
