# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Jars by their Maven coordinates, with a mvn that behaves."""

import pytest

from dataops.host.packages import PackageError, copy_maven_dependencies

MVN = """#!/bin/sh
echo "$@" >> {home}/journal
[ -e {home}/offline ] && {{ echo "[ERROR] Could not transfer artifact" ; exit 1; }}
[ -x "$JAVA_HOME/bin/java" ] || exit 2
for word; do case $word in
    -DoutputDirectory=*) mkdir -p "${{word#*=}}"; touch "${{word#*=}}/kafka.jar" ;;
esac; done
"""


@pytest.fixture
def mvn(tmp_path, monkeypatch):
    (tmp_path / "mvn").write_text(MVN.format(home=tmp_path))
    (tmp_path / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("HOME", str(tmp_path))
    home = tmp_path / "java"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").write_text("#!/bin/sh\n")
    (home / "bin" / "java").chmod(0o755)
    (home / "release").write_text('JAVA_VERSION="17.0.9"\n')
    monkeypatch.setenv("JAVA_HOME", str(home))
    (tmp_path / "pom.xml").write_text("<project/>")
    return tmp_path


def test_jars_are_fetched_once(mvn):
    pom, target = mvn / "pom.xml", mvn / "workload" / "libs"
    assert copy_maven_dependencies(pom, target)
    assert not copy_maven_dependencies(pom, target)
    assert [path.name for path in target.glob("*.jar")] == ["kafka.jar"]
    assert len((mvn / "journal").read_text().splitlines()) == 1


def test_another_pom_replaces_them(mvn):
    pom, target = mvn / "pom.xml", mvn / "libs"
    copy_maven_dependencies(pom, target)
    (target / "old.jar").touch()
    pom.write_text("<project></project>")
    assert copy_maven_dependencies(pom, target)
    assert [path.name for path in target.glob("*.jar")] == ["kafka.jar"]


def test_a_failure_leaves_the_old_jars_and_no_scratch(mvn):
    pom, target = mvn / "pom.xml", mvn / "workload" / "libs"
    copy_maven_dependencies(pom, target)
    (mvn / "offline").touch()
    pom.write_text("<project></project>")
    with pytest.raises(PackageError, match="Could not transfer artifact"):
        copy_maven_dependencies(pom, target)
    assert [path.name for path in target.parent.iterdir()] == ["libs"]
    assert (target / "kafka.jar").exists()


def test_the_model_s_proxies_are_told_in_words_of_java(mvn, monkeypatch):
    monkeypatch.setenv("JUJU_CHARM_NO_PROXY", "127.0.0.1,localhost")
    copy_maven_dependencies(mvn / "pom.xml", mvn / "libs")
    assert "Proxy" not in (mvn / "journal").read_text()

    monkeypatch.setenv("JUJU_CHARM_HTTPS_PROXY", "http://me:secret@squid.internal:3128")
    copy_maven_dependencies(mvn / "pom.xml", mvn / "more")
    last = (mvn / "journal").read_text().splitlines()[-1]
    assert "-Dhttps.proxyHost=squid.internal -Dhttps.proxyPort=3128" in last
    assert "-Dhttp.nonProxyHosts=127.0.0.1|localhost" in last
    # Anybody on the machine reads a command.
    assert "secret" not in last
