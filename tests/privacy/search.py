"""Looks for a text in every column of every table, and in Redis, whatever tables there will ever be."""

from django.db import connection

from chats.redis import get_redis


def places_of(*needles: str) -> list[str]:
    """The tables (and Redis keys) in which any of these stands, anywhere in a row."""
    return sorted({place for needle in needles for place in (*_tables_with(needle), *_keys_with(needle))})


def _tables_with(needle: str) -> list[str]:
    with connection.cursor() as cursor:
        tables = [
            table.name for table in connection.introspection.get_table_list(cursor) if table.type == "t"
        ]
        assert len(tables) > 20
        found = []
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS r WHERE strpos(r::text, %s) > 0',  # noqa: S608
                [needle],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def _keys_with(needle: str) -> list[str]:
    redis = get_redis()
    found = []
    for key in redis.scan_iter():
        value = {"string": redis.get, "hash": redis.hgetall, "list": lambda k: redis.lrange(k, 0, -1)}.get(
            redis.type(key), lambda k: ""
        )(key)
        if needle in key or needle in str(value):
            found.append(f"redis:{key}")
    return found
