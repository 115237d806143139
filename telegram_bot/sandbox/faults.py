"""Faults on command, for tests that want to see the product survive them."""

import time
from dataclasses import asdict, dataclass, field

from .errors import ControlError

# Which answer the calls get, or what happens to deliveries.
KINDS = ("error", "close", "refuse", "slow", "away", "redeliver", "pause_webhook")
DESCRIPTIONS = {
    400: "Bad Request",
    403: "Forbidden",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


@dataclass(slots=True)
class Fault:
    """One armed fault; `left` counts down and the fault is gone at 0, `until` is a time of the monotonic clock."""

    kind: str
    bot: str | None = None
    methods: tuple[str, ...] = ()
    code: int = 500
    retry_after: int = 1
    description: str = ""
    seconds: float = 0.0
    times: int = 1
    left: int = 1
    until: float = field(default=float("inf"))

    def concerns(self, bot: str, method: str) -> bool:
        return self.bot in (None, bot) and (not self.methods or method.lower() in self.methods)


class Faults:
    def __init__(self):
        self._armed: list[Fault] = []

    def arm(self, given: dict) -> Fault:
        """Arm a fault from the control API's JSON. Raises ControlError."""
        kind = given.get("kind")
        if kind not in KINDS:
            raise ControlError(400, "bad_fault", f"kind must be one of {', '.join(KINDS)}")
        try:
            times = int(given.get("times", 1))
            fault = Fault(
                kind=kind,
                bot=given.get("bot"),
                methods=tuple(str(method).lower() for method in given.get("methods") or ()),
                code=int(given.get("code", 500)),
                retry_after=int(given.get("retry_after", 1)),
                description=str(given.get("description", "")),
                seconds=float(given.get("seconds", 0)),
                times=times,
                left=int(given.get("updates", 1)) if kind == "redeliver" else times,
            )
        except (TypeError, ValueError) as error:
            raise ControlError(400, "bad_fault", str(error)) from error
        if kind in ("away", "pause_webhook"):
            fault.until = time.monotonic() + fault.seconds
        self._armed.append(fault)
        return fault

    def disarm(self) -> None:
        self._armed.clear()

    def armed(self) -> list[dict]:
        """What is armed now, for people."""
        self._forget_over()
        shown = []
        for fault in self._armed:
            entry = asdict(fault)
            until = entry.pop("until")
            if until != float("inf"):
                entry["seconds_left"] = round(until - time.monotonic(), 2)
            shown.append(entry)
        return shown

    def for_call(self, bot: str, method: str) -> Fault | None:
        """The fault that this call meets, counted down."""
        return self._take(("error", "close", "refuse", "slow", "away"), bot, method)

    def redeliveries(self, bot: str) -> int:
        """How many more times the update that was just accepted is to be delivered."""
        fault = self._take(("redeliver",), bot, "")
        return fault.times if fault else 0

    def seconds_without_webhook(self, bot: str) -> float:
        """For how long no webhook of this bot may be called."""
        self._forget_over()
        waits = [
            fault.until - time.monotonic()
            for fault in self._armed
            if fault.kind in ("away", "pause_webhook") and fault.bot in (None, bot)
        ]
        return max(waits, default=0.0)

    def _take(self, kinds: tuple[str, ...], bot: str, method: str) -> Fault | None:
        self._forget_over()
        for fault in self._armed:
            if fault.kind in kinds and fault.concerns(bot, method):
                if fault.kind != "away":
                    fault.left -= 1
                return fault
        return None

    def _forget_over(self) -> None:
        now = time.monotonic()
        self._armed = [fault for fault in self._armed if fault.left > 0 and fault.until > now]
