"""The faults by name. Each is a coroutine that returns once the part is back, with a note for the table."""

from collections.abc import Awaitable, Callable

from bench.chaos import clock
from bench.chaos.faults import bot_api, llm, processes, services
from bench.chaos.options import Options
from bench.chaos.stage import Stage

Fault = Callable[[Stage, Options], Awaitable[str | None]]

FAULTS: dict[str, Fault] = {
    "kill -9 worker": processes.kill("worker"),
    "kill -9 web": processes.kill("web"),
    "kill -9 one web worker": processes.kill_web_worker,
    "kill -9 realtime": processes.kill("realtime"),
    "kill -9 beat": processes.kill("beat"),
    "SIGTERM worker": processes.replace("worker"),
    "SIGTERM web": processes.replace("web"),
    "kill -9 Redis, data gone": services.kill_redis,
    "FLUSHALL": services.flush_redis,
    "restart PostgreSQL": services.restart_postgres,
    "kill -9 PostgreSQL": services.kill_postgres,
    "LLM hangs": llm.does(fault="hang"),
    "LLM cuts streams": llm.does(fault="cut"),
    "LLM 500": llm.does(fault="status", status=500),
    "LLM 429": llm.does(fault="status", status=429, headers={"retry-after": "1"}),
    "Bot API 429": bot_api.errors(429),
    "Bot API 500": bot_api.errors(500),
    "Bot API closes after accepting": bot_api.closes,
    "Bot API away": bot_api.away,
    "updates delivered three times": bot_api.redelivers,
}
if clock.library():
    FAULTS |= {
        "clock jumps ahead": processes.clock_jumps(3600),
        "clock jumps back": processes.clock_jumps(-3600),
    }


def choose(names: str) -> list[str]:
    """The faults of the command line. Raises KeyError for one that is not known."""
    chosen = [name.strip() for name in names.split(";") if name.strip()]
    for name in chosen:
        FAULTS[name]
    return chosen or list(FAULTS)
