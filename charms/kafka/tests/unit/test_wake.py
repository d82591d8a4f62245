# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import socket
import sys

import authority
import wake


def test_it_waits_for_the_port_then_wakes_the_charm(tmp_path):
    said = tmp_path / "said"
    program = tmp_path / "juju-exec"
    program.write_text(f"#!{sys.executable}\nimport sys\nopen('{said}', 'w').write(sys.argv[1])")
    program.chmod(0o755)
    with authority.port(tmp_path) as (port, _):
        assert wake.main("kafka/0", "127.0.0.1", str(port), str(program)) == 0
    assert said.read_text() == "kafka/0"


def test_it_does_not_wait_for_ever():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert not wake.wait("127.0.0.1", port, patience=0)
