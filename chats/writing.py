"""The answer while it is being written: its pieces go live only as long as the bot may speak."""

import logging

from chats.live import SET_IF_NEWER, SNAPSHOT_TTL, channel_of, encode, keys_of, snapshot_arguments, stamp_of
from chats.models import Contact, Conversation
from chats.redis import RedisError, run_script

logger = logging.getLogger(__name__)

# A turn may only begin in the epoch that the readers know; the last one to begin is the one that may write.
_BEGIN = f"""
{SET_IF_NEWER}
if redis.call('HGET', KEYS[1], 'stamp') ~= stamp then return 0 end
redis.call('HSET', KEYS[1], 'turn', ARGV[5])
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 1
"""
# ARGV: stamp, turn, channel, payload, text, lifetime, try. An empty text takes everything back.
_WRITE = """
local now = redis.call('HMGET', KEYS[1], 'stamp', 'turn')
if now[1] ~= ARGV[1] or now[2] ~= ARGV[2] then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[6])
if ARGV[5] == '' then
  redis.call('DEL', KEYS[2])
else
  if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SET', KEYS[2], ARGV[7] .. ':') end
  redis.call('APPEND', KEYS[2], ARGV[5])
  redis.call('EXPIRE', KEYS[2], ARGV[6])
end
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
"""


class Writing:
    """One answer on its way to the open streams of a web contact; on other channels it does nothing.

    It ends by itself when the conversation changes hands, when another worker begins the same answer, or when Redis is
    away: a visitor then sees the finished answer, if that is still wanted.
    """

    def __init__(self, *, conversation: Conversation, contact: Contact, turn: str) -> None:
        self._turn = turn
        self._conversation = conversation
        self._contact = contact
        self._keys = keys_of(contact.external_id)
        self._channel = channel_of(contact.external_id)
        self._length = 0
        self._tries = 0
        self.live = contact.channel == "web"

    def begin(self) -> None:
        """Shows that the bot is typing."""
        known = snapshot_arguments(self._contact.last_seq, self._conversation)
        self._run(_BEGIN, [*known, self._turn, self._channel, encode("typing", "", {"author": "bot"})])

    def add(self, text: str) -> None:
        """Shows the next piece."""
        tag = f"{self._try} {self._length} {len(text)}"
        self._length += len(text)
        self._write(encode("delta", tag, {"text": text}), text)

    def retract(self) -> None:
        """Takes back everything shown so far."""
        self._write(encode("retract", self._try, {}), "")
        self._length = 0
        self._tries += 1

    @property
    def _try(self) -> str:
        """Told apart by the readers: after a retraction the same turn begins anew."""
        return f"{self._turn}.{self._tries}"

    def _write(self, payload: str, text: str) -> None:
        stamp = stamp_of(self._conversation)
        self._run(_WRITE, [stamp, self._turn, self._channel, payload, text, SNAPSHOT_TTL, self._try])

    def _run(self, script: str, arguments: list) -> None:
        if not self.live:
            return
        try:
            self.live = bool(run_script(script, self._keys, arguments))
        except RedisError as error:
            logger.warning("not shown live: %s", error)
            self.live = False
