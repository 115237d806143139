import signal
import subprocess
import sys
import threading
from pathlib import Path

from config.launch import launch

SLEEP = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_process_outlives_the_thread_that_started_it():
    started = []
    thread = threading.Thread(target=lambda: started.append(launch(SLEEP, stdout=subprocess.PIPE)))
    thread.start()
    thread.join()
    process = started[0]
    process.stdout.readline()
    assert process.poll() is None
    process.kill()
    process.communicate()


def test_a_process_dies_with_the_one_that_started_it(eventually):
    script = (
        "import signal, subprocess, sys\n"
        "from config.launch import launch\n"
        "child = launch([sys.executable, '-c', 'import signal; signal.pause()'])\n"
        "print(child.pid, flush=True)\n"
        "signal.pause()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    eventually(lambda: not is_alive(child))


def test_a_program_that_does_not_exist_says_so():
    process = launch(["no-such-program"], stderr=subprocess.PIPE)
    _, complaint = process.communicate()
    assert (process.returncode, complaint) == (127, b"no-such-program: No such file or directory\n")
