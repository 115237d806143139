"""`python -m telegram_bot.sandbox`: see README.md beside this file."""

import logging
import socket
import sys
from pathlib import Path

import uvicorn

from .app import build_app
from .options import Options, OptionsError, parse_options


def main() -> int:
    """Run until interrupted; 1 with one line when it must not or cannot start."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        options = parse_options()
        listener = _listen(options)
    except OptionsError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    host, port = listener.getsockname()[:2]
    bots = ", ".join(f"{bot.name} (@{bot.username})" for bot in options.bots)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    print(
        f"sandbox: a local Telegram for tests and demos at {url}/ with {bots}",
        flush=True,
    )
    if options.allow_remote:
        print(
            "sandbox: --allow-remote: whoever reaches this port can be anybody in it",
            file=sys.stderr,
            flush=True,
        )
    config = uvicorn.Config(
        build_app(options),
        log_level="warning",
        access_log=False,
        ws="none",
        # A client on a busy machine may pause for longer than uvicorn's 5 s and then meet a closed connection.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    if options.ready_file:
        # Connections made from now on wait in the backlog until the loop runs, so nobody is refused.
        Path(options.ready_file).write_text(url)
    server.run(sockets=[listener])
    return 0


class _Server(uvicorn.Server):
    """Stops at once although phones and bots are waiting for news."""

    def handle_exit(self, sig, frame) -> None:
        self.config.app.end_waits()
        super().handle_exit(sig, frame)


def _listen(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
    except OSError as error:
        raise OptionsError(f"cannot listen on {options.host}:{options.port}: {error.strerror}") from error
    listener.listen(1024)
    return listener


if __name__ == "__main__":
    sys.exit(main())
