"""What the person at the terminal wants to know once all is up."""

from types import ModuleType

from config.run.console import Console


def print_banner(
    console: Console,
    settings: ModuleType,
    *,
    url: str,
    seconds: float,
    name: str,
    password: str | None,
    logs: str,
) -> None:
    """Says where things are. `password` is None when the admin has chosen another."""
    lines = [("Demo page", f"{url}/")] if settings.DEMO_MODE else [("Site", f"{url}/")]
    if settings.TELEGRAM_MODE == "sandbox":
        lines.append(("Telegram sandbox", f"{url}/sandbox/"))
    lines += [
        ("Admin", f"{url}/admin/"),
        ("  name", name),
        ("  password", password or "the one you have chosen"),
        ("API", f"{url}/docs"),
        ("Telegram", settings.TELEGRAM_MODE),
        ("LLM", settings.LLM_PROVIDER),
        ("Logs", logs),
    ]
    console.say()
    console.say(f"Switchboard is up after {seconds:.1f} s.")
    for what, where in lines:
        console.say(f"  {what:<18}{where}")
    console.say("Ctrl-C stops it.")
    console.say()
