#!/bin/sh
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
# Runs the charm with the packages packed beside it, for Python @python@.
charm=$(dirname "$(readlink -f "$0")")
python=$charm/venv/bin/python@python@
if [ ! -x "$python" ]; then
    found=$(command -v python@python@ || command -v python3)
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$version" != "@python@" ]; then
        echo "Charm @name@ is packed for Python @python@, but this machine has Python" \
            "${version:-none}: pack it with 'tools/pack.py @name@ --python X.Y' for this" \
            "machine, or deploy it on a base with Python @python@" >&2
        exit 1
    fi
    mkdir -p "$charm/venv/bin"
    printf 'home = %s\ninclude-system-site-packages = false\nversion = @python@\n' \
        "$(dirname "$(readlink -f "$found")")" > "$charm/venv/pyvenv.cfg"
    ln -sf "$found" "$python"
fi
@passing@
export PYTHONPATH="$charm/lib:$charm/src"
# A hook is over before its garbage matters: to look for it while modules load is a tenth of it.
exec "$python" -c 'import gc, runpy, sys
del sys.path[0]
gc.set_threshold(100_000)
runpy.run_module("charm", run_name="__main__", alter_sys=True)'
