"""The embedded PostgreSQL and Redis, for real: each test starts servers of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded import EmbeddedError, Services, start_services

OWNER = """
import signal, sys
from pathlib import Path
from config.embedded import start_services
from config.embedded.redis import EmbeddedRedis
{patch}
services = start_services(Path(sys.argv[1]), postgres="postgres" in sys.argv, durable=False)
print(services.redis.process.pid, services.postgres.process.pid if services.postgres else 0, flush=True)
signal.pause()
"""


@pytest.fixture
def services(data_dir: Path) -> Iterator[Services]:
    with start_services(data_dir, durable=False) as services:
        yield services


def query(services: Services, sql: str) -> tuple:
    assert services.database_url
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone() if cursor.description else ()


def client(services: Services) -> redis.Redis:
    assert services.redis_url
    return redis.Redis.from_url(services.redis_url)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def start_owner(data_dir: Path, *parts: str, patch: str = "") -> tuple[subprocess.Popen, list[int]]:
    """Starts services in another process; gives it and the pids of its servers."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER.format(patch=patch), str(data_dir), *parts],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout
    return owner, [int(pid) for pid in owner.stdout.readline().split() if pid != "0"]


def test_postgres_is_18_and_lowers_cyrillic_letters(services):
    version, lowered = query(services, "SELECT current_setting('server_version_num'), lower('ЁЖ')")
    assert (version[:2], lowered) == ("18", "ёж")


def test_postgres_searches_russian_text(services):
    (found,) = query(
        services, "SELECT to_tsvector('russian', 'Доставки') @@ to_tsquery('russian', 'доставка')"
    )
    assert found


def test_postgres_takes_two_hundred_connections(services):
    assert query(services, "SHOW max_connections") == ("200",)


def test_a_stranger_is_refused_by_both(services):
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(services.database_url.replace(services.postgres.password, "guess"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=services.redis.port, password="guess", retry=Retry(NoBackoff(), 0)).ping()


def test_killed_servers_come_back_with_their_port_and_postgres_with_its_data(services):
    query(services, "CREATE TABLE note AS SELECT 'kept' AS text")
    addresses = services.database_url, services.redis_url
    services.postgres.kill()
    services.redis.kill()
    services.postgres.start()
    services.redis.start()
    assert query(services, "SELECT text FROM note") == ("kept",)
    assert client(services).ping()
    assert (services.database_url, services.redis_url) == addresses


def test_postgres_comes_back_at_once_with_clients_connected_at_its_death(services):
    connection = psycopg.connect(services.database_url)
    connection.execute("SELECT 1")
    services.postgres.kill()
    services.postgres.start()
    connection.close()
    assert query(services, "SELECT 1") == (1,)


def test_durable_data_is_there_at_the_next_start(data_dir):
    with start_services(data_dir) as services:
        query(services, "CREATE TABLE note AS SELECT 'kept' AS text")
        client(services).set("note", "kept")
        fsync = query(services, "SHOW fsync")
    with start_services(data_dir) as services:
        assert query(services, "SELECT text FROM note") == ("kept",)
        assert client(services).get("note") == b"kept"
    assert fsync == ("on",)


def test_redis_keeps_what_it_was_told_past_a_kill(data_dir):
    with start_services(data_dir, postgres=False) as services:
        client(services).set("note", "kept")
        client(services).execute_command("CONFIG", "SET", "appendfsync", "always")
        services.redis.kill()
        services.redis.start()
        assert client(services).get("note") == b"kept"


def test_redis_alone(data_dir):
    with start_services(data_dir, postgres=False, durable=False) as services:
        assert services.database_url is None
        assert client(services).ping()


def test_postgres_alone(data_dir):
    with start_services(data_dir, redis=False, durable=False) as services:
        assert services.redis_url is None
        assert query(services, "SELECT 1") == (1,)


def test_a_stale_pid_file_that_names_a_living_process_does_not_stop_the_start(data_dir):
    with start_services(data_dir, redis=False, durable=False) as services:
        services.postgres.kill()
        pid_file = services.postgres.folder / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        services.postgres.start()
        assert query(services, "SELECT 1") == (1,)


def test_two_checkouts_run_side_by_side(data_dir, tmp_path):
    with (
        start_services(data_dir, durable=False) as services,
        start_services(tmp_path / "other", durable=False) as other,
    ):
        query(services, "CREATE TABLE mine ()")
        assert query(other, "SELECT to_regclass('mine')") == (None,)
        assert services.redis.port != other.redis.port


def test_a_port_that_somebody_took_meanwhile_is_replaced(data_dir, tmp_path):
    with start_services(data_dir, postgres=False, durable=False) as services:
        old_port = services.redis.port
    with start_services(tmp_path / "other", postgres=False, durable=False) as other:
        other.redis.stop()
        other.redis.port = old_port
        other.redis.start()
        with start_services(data_dir, postgres=False, durable=False) as services:
            assert client(services).ping()
            assert services.redis.port != old_port


def test_the_same_folder_twice_is_refused_with_the_pid(data_dir):
    with (
        start_services(data_dir, postgres=False, durable=False),
        pytest.raises(EmbeddedError, match=f"in use by the process {os.getpid()}"),
    ):
        start_services(data_dir, postgres=False, durable=False)


def test_a_failed_start_leaves_nothing_behind(data_dir):
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres" / "PG_VERSION").write_text("16")
    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 16"):
        start_services(data_dir, durable=False)
    redis_pid = int((data_dir / "redis.lock").read_text())
    assert not is_alive(redis_pid)


def test_servers_die_with_their_owner_even_when_it_is_killed(data_dir, eventually):
    owner, servers = start_owner(data_dir, "postgres")
    assert len(servers) == 2
    owner.kill()
    owner.wait()
    eventually(lambda: not any(is_alive(pid) for pid in servers))
    with start_services(data_dir, durable=False) as services:
        assert query(services, "SELECT 1") == (1,)


def test_a_server_that_outlived_its_owner_is_replaced(data_dir, eventually):
    owner, servers = start_owner(data_dir, patch="EmbeddedRedis.death_signal = 0")
    owner.kill()
    owner.wait()
    assert is_alive(servers[0])
    with start_services(data_dir, postgres=False, durable=False) as services:
        assert client(services).ping()
    eventually(lambda: not is_alive(servers[0]))


def test_damaged_redis_data_is_put_aside(data_dir):
    with start_services(data_dir, postgres=False) as services:
        client(services).set("note", "kept")
    log = data_dir / "redis" / "appendonly.aof"
    log.write_bytes(b"*3\r\n$3\r\nSET\r\nthis is not how it goes\r\n" * 3)
    with start_services(data_dir, postgres=False) as services:
        assert client(services).get("note") is None
    assert list(data_dir.glob("redis.damaged-*/appendonly.aof"))


def test_an_ended_server_is_noticed(data_dir, eventually):
    with start_services(data_dir, postgres=False, durable=False) as services:
        os.kill(services.redis.process.pid, signal.SIGKILL)
        eventually(lambda: not services.redis.running)
