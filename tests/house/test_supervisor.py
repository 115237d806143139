"""The supervisor, with small processes in place of the desk's."""

import io
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import start_services
from config.run.child import Spec
from config.run.console import Console
from config.run.errors import CannotRun
from config.run.supervisor import Supervisor
from tests.house.test_embedded import is_alive

NOTE = "import os, signal, sys, time\ndef note(word): open({notes!r}, 'a').write(word + '\\n')\n"


@pytest.fixture
def stopping() -> threading.Event:
    return threading.Event()


@pytest.fixture
def terminal() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path: Path, stopping, terminal) -> Iterator[Supervisor]:
    supervisor = Supervisor(
        environment=dict(os.environ, PYTHONUNBUFFERED="1"),
        cwd=tmp_path,
        logs=tmp_path / "log",
        console=Console(terminal),
        stopping=stopping,
    )
    yield supervisor
    supervisor.kill()
    supervisor.stop()


@pytest.fixture
def watching(supervisor, stopping) -> Iterator[None]:
    """The supervisor at its watch, in a thread."""
    thread = threading.Thread(target=supervisor.watch)
    thread.start()
    yield
    stopping.set()
    thread.join()


def python(name: str, code: str, **options) -> Spec:
    return Spec(name=name, argv=[sys.executable, "-c", code], **options)


UP = "print('up'); import signal; signal.pause()"


def pid_of(child) -> int:
    return child.process.pid


def test_a_killed_process_is_started_again(supervisor, watching, eventually):
    (child,) = supervisor.start([python("web", UP, health_words="up")])
    supervisor.wait_until_healthy([child], seconds=10)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: child.running and pid_of(child) != first)
    assert child.restarts == 1


def test_a_killed_database_is_started_again(supervisor, watching, eventually, tmp_path):
    supervisor.services = start_services(tmp_path / ".local", postgres=False, durable=False)
    redis = supervisor.services.redis
    first = redis.process.pid
    os.kill(first, signal.SIGKILL)
    eventually(lambda: redis.running and redis.process.pid != first and redis.is_ready())


def test_a_process_that_keeps_ending_is_started_less_and_less_often(
    supervisor, watching, eventually, terminal
):
    supervisor.start([python("web", "raise SystemExit(3)")])
    eventually(lambda: "web ended with code 3: starting it again in 2 s" in terminal.getvalue())
    words = [line.rpartition("again ")[2] for line in terminal.getvalue().splitlines() if "again" in line]
    assert words[:3] == ["at once", "in 1 s", "in 2 s"]


def test_the_workers_of_a_killed_process_are_swept_up_before_it_starts_again(
    supervisor, watching, eventually
):
    code = (
        "import subprocess, sys, signal\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']).pid)\n"
        "signal.pause()\n"
    )
    (child,) = supervisor.start([python("web", code)])
    eventually(lambda: child.log.path.read_text().endswith("\n"))
    worker = int(child.log.path.read_text())
    os.kill(pid_of(child), signal.SIGKILL)
    eventually(lambda: not is_alive(worker))


def test_lines_are_shown_with_the_name_and_kept_in_a_log(supervisor, terminal, tmp_path):
    (child,) = supervisor.start(
        [python("worker", "print('привет'); import signal; signal.pause()", health_words="п")]
    )
    supervisor.wait_until_healthy([child], seconds=10)
    assert terminal.getvalue() == "   worker | привет\n"
    assert (tmp_path / "log" / "worker.log").read_text() == "привет\n"


def test_a_process_that_ends_before_it_is_healthy_stops_the_start_with_its_last_words(supervisor):
    children = supervisor.start([python("web", "raise SystemExit('no such thing')", health_words="up")])
    with pytest.raises(CannotRun, match=r"web did not start:\nno such thing"):
        supervisor.wait_until_healthy(children, seconds=10)


def test_a_process_that_is_never_healthy_stops_the_start_with_its_name(supervisor):
    children = supervisor.start([python("web", UP, health_words="never said")])
    with pytest.raises(CannotRun, match="Not ready after 0 s: web"):
        supervisor.wait_until_healthy(children, seconds=0.1)


def test_the_wait_for_health_ends_when_we_are_to_stop(supervisor, stopping):
    children = supervisor.start([python("web", UP, health_words="never said")])
    stopping.set()
    supervisor.wait_until_healthy(children, seconds=60)


def test_processes_stop_stage_by_stage(supervisor, tmp_path: Path):
    notes = str(tmp_path / "notes")
    code = NOTE.format(notes=notes) + (
        "def end(*_):\n    time.sleep(0.1)\n    note({name!r})\n    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nprint('up')\nsignal.pause()\n"
    )
    specs = [
        python(name, code.replace("{name!r}", repr(name)), health_words="up", stop_stage=stage)
        for name, stage in (("sandbox", 3), ("worker", 2), ("web", 1))
    ]
    supervisor.wait_until_healthy(supervisor.start(specs), seconds=10)
    supervisor.stop()
    assert Path(notes).read_text().split() == ["web", "worker", "sandbox"]


def test_a_process_that_does_not_listen_is_killed_after_its_time(supervisor):
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); \nwhile True: signal.pause()"
    (child,) = supervisor.start([python("worker", deaf, health_words="up", stop_seconds=0.2)])
    supervisor.wait_until_healthy([child], seconds=10)
    pid, began = pid_of(child), time.monotonic()
    supervisor.stop()
    assert not is_alive(pid)
    assert time.monotonic() - began < 5


def test_nothing_is_started_again_after_the_stop(supervisor):
    (child,) = supervisor.start([python("web", UP)])
    supervisor.stop()
    child.poll()
    assert not child.running


def test_a_terminal_that_went_away_stops_nothing(supervisor):
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    supervisor._console = Console(Gone())
    (child,) = supervisor.start([python("web", UP, health_words="up")])
    supervisor.wait_until_healthy([child], seconds=10)
