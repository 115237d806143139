"""Everything that one running sandbox has: what it remembers, and what is only true now."""

import time

from .delivery import Courier
from .events import Events
from .faults import Faults
from .journal import Journal
from .limits import RateLimiter
from .options import BotSpec, Options
from .store import Store

DRAFT_SECONDS = 30
ACTION_SECONDS = 5
# Kinds that Telegram sends when a bot did not say which it wants.
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
DEMO_PEOPLE = (
    {"first_name": "Мария, покупатель", "username": "maria_demo"},
    {"first_name": "Олег, оператор", "username": "oleg_demo"},
)


class World:
    """One sandbox."""

    def __init__(self, options: Options):
        self.options = options
        self.store = Store(options.data)
        self.events = Events()
        self.faults = Faults()
        self.journal = Journal()
        self.limiter = RateLimiter(options.limits)
        self.courier = Courier(self)
        # (bot, person) -> what is true for some seconds only, and is not kept over a restart.
        self.drafts: dict[tuple[int, int], dict[int, dict]] = {}
        self.actions: dict[tuple[int, int], tuple[str, float]] = {}
        self.poller = None  # set by bot_api.updates
        self._by_token = {spec.token: spec for spec in options.bots}
        self._by_name = {spec.name: spec for spec in options.bots} | {
            str(spec.id): spec for spec in options.bots
        }
        for spec in options.bots:
            self.store.bots.ensure(spec)
        if not self.store.people.all():
            self.invite_demo_people()

    def invite_demo_people(self) -> None:
        for person in DEMO_PEOPLE:
            self.store.people.create(**person)

    def bot_of_token(self, token: str) -> BotSpec | None:
        return self._by_token.get(token)

    def bot_of_name(self, name: str) -> BotSpec | None:
        """By name or by id."""
        return self._by_name.get(name)

    def add_update(
        self, bot: BotSpec, kind: str, payload: dict, *, person_id: int | None, force: bool = False
    ):
        """Keep an update for the bot and send for the courier. None when the bot did not ask for this kind."""
        allowed = self.store.bots.get(bot.id)["allowed_updates"]
        if not force and (kind not in allowed if allowed else kind in NOT_BY_DEFAULT):
            return None
        with self.store.together():
            update_id = self.store.bots.take_update_id(bot.id)
            queue = self.store.updates.add(bot.id, update_id, kind=kind, person_id=person_id, payload=payload)
        self.courier.notify(bot, queue)
        if self.poller:
            self.poller.wake(bot.id)
        return update_id

    def live_drafts(self, bot_id: int, person_id: int) -> list[dict]:
        """Drafts that the person still sees."""
        drafts = self.drafts.get((bot_id, person_id), {})
        for draft_id, draft in list(drafts.items()):
            if time.time() - draft["updated"] > DRAFT_SECONDS:
                del drafts[draft_id]
        return list(drafts.values())

    def live_action(self, bot_id: int, person_id: int) -> str | None:
        """ "typing" and the like, for the seconds that it shows."""
        action, since = self.actions.get((bot_id, person_id), (None, 0.0))
        return action if time.monotonic() - since < ACTION_SECONDS else None

    def reset(self, *, keep_people: bool, keep_webhooks: bool) -> None:
        """As new."""
        self.store.clear(keep_people=keep_people, keep_webhooks=keep_webhooks)
        self.drafts.clear()
        self.actions.clear()
        self.faults.disarm()
        self.limiter.forget()
        self.journal.clear()
        if not keep_people:
            self.invite_demo_people()
        self.courier.restart_all()
        self.events.publish("reset")

    async def start(self) -> None:
        """Begin delivering what waits."""
        self.courier.restart_all()

    async def stop(self) -> None:
        await self.courier.stop()
        self.store.close()
