"""What `make run` checks and keeps before it starts anything."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.run.console import Log
from config.run.environment import read_env_file, read_environment
from config.run.errors import CannotRun
from config.run.leftovers import end_leftovers
from config.run.local import LocalFolder
from config.run.ports import check_ports


@pytest.fixture
def local(tmp_path: Path) -> LocalFolder:
    local = LocalFolder(tmp_path / ".local")
    local.take()
    return local


def settings(*, web: int, stream: int, sandbox: int, mode: str = "sandbox") -> SimpleNamespace:
    return SimpleNamespace(PORT=web, STREAM_PORT=stream, SANDBOX_PORT=sandbox, TELEGRAM_MODE=mode)


def test_the_shell_beats_the_env_file(local, tmp_path):
    (tmp_path / ".env").write_text("PORT=1\nOPENAI_MODEL='one # two'\n# PORT=3\n")
    environment = read_environment(local, exported={"PORT": "2"}, root=tmp_path)
    assert (environment["PORT"], environment["OPENAI_MODEL"]) == ("2", "one # two")


def test_an_empty_value_is_no_value(local, tmp_path):
    (tmp_path / ".env").write_text("DATABASE_URL=\nDEBUG=\n")
    environment = read_environment(local, exported={}, root=tmp_path)
    assert ("DATABASE_URL" in environment, environment["DEBUG"]) == (False, "1")


def test_the_stream_is_next_door_to_the_web(local, tmp_path):
    assert read_environment(local, exported={"PORT": "9000"}, root=tmp_path)["STREAM_PORT"] == "9001"


def test_the_secret_key_stays_the_same_and_is_private(local, tmp_path):
    first = read_environment(local, exported={}, root=tmp_path)["DJANGO_SECRET_KEY"]
    assert read_environment(local, exported={}, root=tmp_path)["DJANGO_SECRET_KEY"] == first
    assert (local.path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_line_of_the_env_file_that_makes_no_sense_is_named(tmp_path):
    (tmp_path / ".env").write_text('PORT=8000\nthis is = not = "it\n')
    with pytest.raises(CannotRun, match=r"\.env, line 2: not of the form NAME=value"):
        read_env_file(tmp_path / ".env")


def test_an_env_file_that_is_not_text_is_named(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CannotRun, match=r"\.env cannot be read"):
        read_env_file(tmp_path / ".env")


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotRun, match=f"Port {port} is taken: set another STREAM_PORT"):
            check_ports(settings(web=18297, stream=port, sandbox=18298), "127.0.0.1")


def test_one_port_for_two_processes_is_refused():
    with pytest.raises(CannotRun, match="PORT=18297, STREAM_PORT=18297"):
        check_ports(settings(web=18297, stream=18297, sandbox=18298), "127.0.0.1")


def test_the_sandboxes_port_matters_only_with_a_sandbox():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        check_ports(settings(web=18297, stream=18298, sandbox=port, mode="polling"), "127.0.0.1")


def test_a_second_launcher_in_the_same_checkout_is_told_where_the_first_one_is(local):
    local.write_state(url="http://127.0.0.1:8000")
    with pytest.raises(CannotRun, match=rf"already runs .* http://127.0.0.1:8000 \(pid {os.getpid()}\)"):
        LocalFolder(local.path).take()


def test_reset_refuses_while_it_runs(local):
    with pytest.raises(CannotRun, match="already runs"):
        LocalFolder(local.path).remove()
    assert local.path.exists()


def test_reset_forgets_everything(local):
    local.secret("secret-key")
    local.release()
    LocalFolder(local.path).remove()
    assert not local.path.exists()


def test_reset_of_nothing_is_fine(tmp_path):
    LocalFolder(tmp_path / ".local").remove()


def test_what_a_killed_launcher_left_behind_is_ended(eventually):
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
    process = subprocess.Popen(
        [sys.executable, "-c", deaf],
        env=os.environ | {"SWITCHBOARD_LOCAL": "/some/where"},
        stdout=subprocess.PIPE,
    )
    process.stdout.readline()
    assert end_leftovers("SWITCHBOARD_LOCAL=/some/where", seconds=0.1) == 1
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_other_peoples_processes_are_left_alone():
    with subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()"], env={"SWITCHBOARD_LOCAL": "/some/where/else"}
    ) as process:
        assert end_leftovers("SWITCHBOARD_LOCAL=/some/where", seconds=0.1) == 0
        process.kill()
    assert process.returncode == -signal.SIGKILL


def test_the_log_of_the_last_start_is_kept(tmp_path):
    for word in (b"first\n", b"second\n"):
        log = Log(tmp_path / "web.log")
        log.write(word)
        log.close()
    assert (tmp_path / "web.log").read_text() == "second\n"
    assert (tmp_path / "web.log.1").read_text() == "first\n"


def test_a_log_does_not_grow_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("config.run.console.LOG_BYTES", 1000)
    log = Log(tmp_path / "web.log")
    for _ in range(500):
        log.write(b"x" * 99 + b"\n")
    log.close()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3000
