"""What the sandbox was started with, and the checks that keep it away from anything real."""

import argparse
import ipaddress
import re
from dataclasses import dataclass, field

# A token that BotFather gives out: 8-10 digits, a colon, 35 characters.
REAL_TOKEN = re.compile(r"^\d{8,10}:[A-Za-z0-9_-]{35}$")
SANDBOX_TOKEN = re.compile(r"^(\d{1,15}):[A-Za-z0-9_-]{1,64}$")


class OptionsError(Exception):
    """A wrong option, in one line for the person who started the process."""


@dataclass(frozen=True, slots=True)
class BotSpec:
    """A bot that the sandbox knows: `name` is for people, `token` for the Bot API."""

    name: str
    token: str
    first_name: str
    username: str

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])


DEMO_BOTS = (
    BotSpec("support", "1000001:sandbox-support", "Поддержка", "sandbox_support_bot"),
    BotSpec("operators", "1000002:sandbox-operators", "Операторы", "sandbox_operators_bot"),
    BotSpec("characters", "1000003:sandbox-characters", "Персонажи", "sandbox_characters_bot"),
)


@dataclass(slots=True)
class Limits:
    """How much a bot may send before it gets 429: rates in calls per second, bursts in calls."""

    enabled: bool = True
    chat_rate: float = 1.0
    chat_burst: float = 8.0
    bot_rate: float = 30.0
    bot_burst: float = 30.0
    draft_rate: float = 4.0
    draft_burst: float = 8.0


@dataclass(frozen=True, slots=True)
class Options:
    """Everything the command line says."""

    host: str = "127.0.0.1"
    port: int = 8002
    data: str = ".local/sandbox.sqlite3"
    web_url: str = "http://127.0.0.1:8000"
    bots: tuple[BotSpec, ...] = DEMO_BOTS
    limits: Limits = field(default_factory=Limits)
    retry_base: float = 1.0
    retry_max: float = 60.0
    allow_remote: bool = False
    insecure_webhooks: bool = False
    ready_file: str = ""


def parse_options(arguments: list[str] | None = None) -> Options:
    """Read the command line. Raises OptionsError for what must not run."""
    given = _parser().parse_args(arguments)
    options = Options(
        host=given.host,
        port=given.port,
        data=given.data,
        web_url=given.web_url.rstrip("/"),
        bots=tuple(bot_spec(text) for text in given.bot) or DEMO_BOTS,
        limits=Limits(
            enabled=not given.no_limits,
            chat_rate=given.chat_rate,
            chat_burst=given.chat_burst,
            bot_rate=given.bot_rate,
            bot_burst=given.bot_burst,
            draft_rate=given.draft_rate,
            draft_burst=given.draft_burst,
        ),
        retry_base=given.retry_base,
        retry_max=given.retry_max,
        allow_remote=given.allow_remote,
        insecure_webhooks=given.insecure_webhooks,
        ready_file=given.ready_file,
    )
    check_options(options)
    return options


def check_options(options: Options) -> None:
    """Raises OptionsError when the sandbox would be reachable from elsewhere, or for two bots with one name or id."""
    if not options.allow_remote and not is_loopback(options.host):
        raise OptionsError(
            f"the sandbox listens on loopback only, and {options.host} is not: it lets anybody be anybody. "
            "Say --allow-remote if this is a closed test network."
        )
    if len({bot.id for bot in options.bots}) < len(options.bots) or len(
        {bot.name for bot in options.bots}
    ) < len(options.bots):
        raise OptionsError("two bots of the list have the same name or id")


def bot_spec(text: str) -> BotSpec:
    """`name:token` of the command line. Raises OptionsError, never repeating a token that looks real."""
    name, _, token = text.partition(":")
    if REAL_TOKEN.match(token) or REAL_TOKEN.match(text):
        raise OptionsError(
            "a token of the real shape was given to the sandbox. It is for invented tokens only."
        )
    if not re.match(r"^[a-z][a-z0-9_]{0,24}$", name) or not SANDBOX_TOKEN.match(token):
        raise OptionsError(
            f"--bot {text}: expected name:digits:secret, for example helper:1000009:sandbox-helper"
        )
    for bot in DEMO_BOTS:
        if bot.name == name:
            return BotSpec(name, token, bot.first_name, bot.username)
    return BotSpec(name, token, name.capitalize(), f"sandbox_{name}_bot")


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m telegram_bot.sandbox", description="A local Telegram.")
    defaults, limits = Options(), Limits()
    parser.add_argument("--host", default=defaults.host)
    parser.add_argument("--port", type=int, default=defaults.port, help="0 takes a free one")
    parser.add_argument("--data", default=defaults.data, help="the SQLite file; :memory: keeps nothing")
    parser.add_argument("--web-url", default=defaults.web_url, help="where the product's pages are")
    parser.add_argument("--bot", action="append", default=[], metavar="NAME:TOKEN")
    for name in ("chat_rate", "chat_burst", "bot_rate", "bot_burst", "draft_rate", "draft_burst"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=getattr(limits, name))
    parser.add_argument("--no-limits", action="store_true", help="never answer 429 of its own accord")
    parser.add_argument("--retry-base", type=float, default=defaults.retry_base, help="seconds")
    parser.add_argument("--retry-max", type=float, default=defaults.retry_max, help="seconds")
    parser.add_argument("--allow-remote", action="store_true", help="listen elsewhere than on loopback")
    parser.add_argument("--insecure-webhooks", action="store_true", help="do not check https certificates")
    parser.add_argument("--ready-file", default="", help="the URL is written there once the port is open")
    return parser
