# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by scripts/demo and scripts/test: finds or installs what they need, and makes .venv.
# Needs git, Python 3.10 or later, and apt with root or sudo for what is missing.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

say() { printf '%s\n' "$*"; }
fail() { printf 'ERROR %s\n' "$*" >&2; exit 1; }

# The Debian packages for the programs that are missing, one a line.
missing_packages() {
    local java_version
    python3 -c 'import ensurepip, venv' 2>/dev/null || command -v uv >/dev/null || echo python3-venv
    java_version=$({ java -version 2>&1 || true; } | sed -n 's/.* version "\([0-9]*\).*/\1/p')
    [ "${java_version:-0}" -ge 17 ] || java_package
    command -v mvn >/dev/null || echo maven
    [ -z "${browser_wanted:-}" ] || missing_browser
}

# Kafka and Spark run on both; not every release has the older one.
java_package() {
    local name
    for name in openjdk-17-jre-headless openjdk-21-jre-headless; do
        # `show` also finds what another package only speaks of.
        if [[ $(LC_ALL=C apt-cache policy "$name" 2>/dev/null) == *'Candidate: '[^\(]* ]]; then
            echo "$name"
            return
        fi
    done
    echo openjdk-17-jre-headless
}

# The tests look at pages in a real browser. Ubuntu has it as a snap only, which containers cannot
# take: there it has to be installed by hand, else those tests say that they are left out.
missing_browser() {
    local name
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null; then return; fi
    done
    if grep -qs '^ID=debian' /etc/os-release; then echo chromium; fi
}

# Installs the missing packages after saying so; where that is not allowed, names them and fails.
install_packages() {
    local missing packages sudo=
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    mapfile -t packages <<< "$missing"
    say "Missing on this machine: ${packages[*]}"
    command -v apt-get >/dev/null ||
        fail "Cannot install them without apt: install Java 17 or later, Maven and Python's venv module by your system's means, then run this again"
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; } ||
            fail "Cannot install them without root: run 'sudo apt-get install ${packages[*]}', then run this again"
        sudo=sudo
    fi
    $sudo apt-get -qq update
    # Only now is it known what this release has.
    mapfile -t packages <<< "$(missing_packages)"
    say "Installing with apt: ${packages[*]}"
    # What dpkg says of each package is for nobody; what goes wrong it says on standard error.
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends "${packages[@]}" > /dev/null ||
        fail "apt could not install them: run 'apt-get install ${packages[*]}' by hand and read what it says"
}

# The uv to use: the one on PATH, else one of our own below .cache.
find_uv() {
    if command -v uv >/dev/null; then
        command -v uv
        return
    fi
    if [ ! -x .cache/uv/bin/uv ]; then
        python3 -m venv .cache/uv && .cache/uv/bin/pip -q install 'uv>=0.9' >&2 ||
            fail "Cannot install uv from PyPI: check the network, then run this again"
    fi
    echo "$root/.cache/uv/bin/uv"
}

# Makes .venv from the lock, with .venv/bin/juju and .venv/bin/onebox in it.
make_environment() {
    local uv
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
        fail "Python 3.10 or later is needed; this machine has $(python3 --version 2>&1)"
    uv=$(find_uv) || exit 1
    "$uv" sync --quiet --frozen --all-packages --python "$(command -v python3)" ||
        fail "uv could not make .venv from uv.lock: read its message above"
    export PATH="$root/.venv/bin:$(dirname "$uv"):$PATH"
}

set_up() {
    install_packages
    make_environment
}
