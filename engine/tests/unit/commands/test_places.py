# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""ssh, scp, debug-log and prompts: what reaches out of the command."""

import io
import os

import pytest


def test_ssh_runs_in_the_machines_directory(juju, daemon):
    log = daemon.folder / "var/log/only-there.log"
    log.parent.mkdir(parents=True)
    log.write_text("one\n")
    assert juju("ssh", "web/0", "cat", "/var/log/only-there.log", ">", "copy").code == 0
    assert (daemon.folder / "copy").read_text() == "one\n"
    assert juju("ssh", "web/leader", "pwd > where").code == 0
    assert (daemon.folder / "where").read_text().strip() == str(daemon.folder)


@pytest.mark.parametrize(("command", "code"), [("exit 3", 3), ("true", 0)])
def test_ssh_ends_as_its_command_does(juju, command, code):
    assert juju("ssh", "0", command).code == code


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs no sudo to do what it does")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("sudo id -un", "root"),
        ("sudo -n -E -- id -un", "root"),
        ("sudo GREETING=hello sh -c 'echo $GREETING'", "hello"),
        ("sudo -u nobody id -un", "nobody"),
        ("bash -c 'sudo id -un'", "root"),
    ],
)
def test_root_needs_no_sudo(juju, daemon, monkeypatch, command, said):
    monkeypatch.setattr("onebox.commands.ssh.shutil.which", lambda name: None)
    assert juju("ssh", "0", f"{command} > said").code == 0
    assert (daemon.folder / "said").read_text() == f"{said}\n"


def test_ssh_leaves_flags_of_the_command_alone(juju, daemon):
    (daemon.folder / "a").touch()
    assert juju("ssh", "ubuntu@web/0", "ls", "-l", "a").code == 0


def test_scp_there_and_back(juju, daemon, tmp_path):
    (tmp_path / "file").write_text("x")
    (daemon.folder / "srv-x").mkdir()
    assert juju("scp", str(tmp_path / "file"), "web/0:/srv-x/copy").code == 0
    assert (daemon.folder / "srv-x/copy").read_text() == "x"
    assert juju("scp", "--", "-r", "web/0:/srv-x", str(tmp_path / "back")).code == 0
    assert (tmp_path / "back/copy").read_text() == "x"


def line(number):
    return {
        "time": f"2030-01-01T12:00:{number:02d}Z",
        "entity": "unit-web-0",
        "level": "INFO" if number % 2 else "ERROR",
        "module": "unit.web/0.juju-log",
        "message": f"line {number}",
    }


@pytest.mark.parametrize(
    ("flags", "count"),
    [([], 10), (["--limit", "3"], 3), (["--limit", "0"], 20), (["--replay"], 20)],
)
def test_debug_log_shows_that_many_lines(juju, daemon, flags, count):
    daemon.log = [line(number) for number in range(20)]
    out = juju("debug-log", *flags).out.splitlines()
    assert len(out) == count
    assert out[-1].endswith("line 19")


def test_debug_log_filters_before_it_counts(juju, daemon):
    daemon.log = [line(number) for number in range(20)]
    out = juju("debug-log", "--limit", "2", "--level", "ERROR").out.splitlines()
    assert [text.rpartition(" ")[2] for text in out] == ["16", "18"]


@pytest.fixture
def prompting(daemon):
    daemon.mode = "requires-prompts"
    return daemon


@pytest.mark.parametrize(("answer", "code", "asked"), [("y\n", 0, 1), ("n\n", 1, 0), ("", 1, 0)])
def test_removal_asks_when_the_model_wants_it(juju, prompting, monkeypatch, answer, code, asked):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    done = juju("remove-application", "web")
    assert done.err.startswith(
        "WARNING This command will perform the following actions:\n\nContinue [y/N]? "
    )
    assert done.out.count("will remove application web\n") == 1
    assert (done.code, len(prompting.asked)) == (code, asked)
    assert ("ERROR application removal: aborted\n" in done.err) is (code == 1)


@pytest.mark.parametrize(("word", "code"), [("1", 0), ("false", 1), ("maybe", 2)])
def test_removal_asks_unless_the_environment_forbids_it(juju, prompting, monkeypatch, word, code):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.setenv("JUJU_SKIP_CONFIRMATION", word)
    assert juju("remove-unit", "web/0").code == code
    assert len(prompting.asked) == (code == 0)


def test_removal_does_not_ask_with_no_prompt(juju, prompting):
    assert juju("remove-unit", "web/0", "--no-prompt").err == ""
    assert len(prompting.asked) == 1


def test_model_is_destroyed_only_by_its_name(juju, daemon, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("other\n"))
    done = juju("destroy-model", "m", "--destroy-storage")
    assert (done.code, daemon.asked) == (1, [])
    assert done.err == (
        'WARNING This command will destroy the "m" model and affect the following resources. '
        "It cannot be stopped.\n"
        "\n"
        " - 1 machine will be destroyed\n"
        '  - machine list: "0"\n'
        " - 1 application will be removed\n"
        '  - application list: "web"\n'
        " - 1 filesystem and 0 volume will be destroyed\n"
        "\n"
        "To continue, enter the name of the model to be unregistered: "
        "ERROR model destruction: aborted\n"
    )


def test_switch_moves_the_focus(juju, daemon, monkeypatch):
    monkeypatch.delenv("JUJU_MODEL")
    none = juju("status")
    assert (none.code, none.err.startswith("ERROR No model in focus.\n")) == (1, True)
    assert juju("switch", "m").err == "onebox (controller) -> onebox:admin/m\n"
    assert juju("switch").out == "onebox:admin/m\n"
    assert juju("switch", "none").err == (
        'ERROR cannot determine if "none" is a valid model: '
        '"onebox:none" is not the name of a model or controller\n'
    )
    assert juju("add-model", "next", "--no-switch").code == 0
    assert juju("switch").out == "onebox:admin/m\n"
    assert juju("add-model", "next").code == 0
    assert juju("switch").out == "onebox:admin/next\n"


def test_switch_goes_back(juju, daemon, monkeypatch):
    monkeypatch.delenv("JUJU_MODEL")
    refused = juju("switch", "-")
    assert (refused.code, "no previous model for this controller onebox" in refused.err) == (
        1,
        True,
    )
    assert juju("switch", "m").code == 0
    assert juju("add-model", "next").code == 0
    assert juju("switch", "-").err == "onebox:admin/next -> onebox:admin/m\n"
    # The daemon of these tests makes no models.
    assert juju("switch", "-m", "-").err == (
        'ERROR invalid target model: "onebox:next" is not the name of a model or controller\n'
    )
    assert juju("switch", ":m").err == "onebox:admin/m (no change)\n"
    assert juju("switch", "-c", "onebox").err == "onebox:admin/m (no change)\n"
    assert juju("switch", "-m", "none").err == (
        'ERROR invalid target model: "onebox:none" is not the name of a model or controller\n'
    )
    assert juju("switch", "-m", "m", "-c", "onebox").err == (
        "ERROR cannot specify both a --model and --controller\n"
    )
    assert juju("switch", "-m", "m", "next").code == 2


def test_secret_from_a_file_is_nowhere_on_the_command_line(juju, daemon, tmp_path):
    file = tmp_path / "key"
    file.write_text("deep")
    juju("add-secret", "mine", f"token#file={file}")
    assert daemon.asked[0][1]["content"] == {"token": "ZGVlcA=="}


def test_scp_takes_no_value_of_an_option_for_a_file(juju, daemon, tmp_path):
    (tmp_path / "key").write_text("private")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").write_text("x")
    (daemon.folder / "srv-x").mkdir()
    given = ["-r", "-i", str(tmp_path / "key"), "-P22", "-Co", "BatchMode=yes"]
    assert juju("scp", "--", *given, str(tmp_path / "folder"), "web/0:/srv-x/copy").code == 0
    assert [f.name for f in (daemon.folder / "srv-x").rglob("*")] == ["copy", "file"]
