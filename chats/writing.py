"""The answer while it is being written: its pieces go live only as long as the bot may speak."""

import logging

from chats.channels import get_channel
from chats.live import (
    SET_IF_NEWER,
    SNAPSHOT_TTL,
    channel_of,
    encode,
    keys_of,
    name_of,
    snapshot_arguments,
    stamp_of,
)
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
    """One answer on its way to the visitor's eyes: to the open streams of the website, or as the channel shows it.

    It goes silent by itself when the conversation changes hands, when another worker begins the same answer, or when
    Redis is away: the visitor then gets the finished answer, if that is still wanted.
    """

    def __init__(self, *, conversation: Conversation, contact: Contact, turn: str) -> None:
        self._conversation = conversation
        self._last_seq = contact.last_seq
        self._address = contact.external_id
        self._channel = get_channel(contact.channel)
        self._name = name_of(contact)
        self._turn = turn
        self._tries = 0
        self._text = ""
        self._live = self._channel.shows_writing

    def begin(self) -> None:
        """Shows that the bot is typing."""
        known = snapshot_arguments(self._last_seq, self._conversation)
        if self._run(
            _BEGIN, [*known, self._turn, channel_of(self._name), encode("typing", "", {"author": "bot"})]
        ):
            self._channel.on_writing(self._address, "")

    def add(self, text: str) -> None:
        """Shows the next piece."""
        payload = encode("delta", f"{self._try} {len(self._text)} {len(text)}", {"text": text})
        self._text += text
        if self._write(payload, text):
            self._channel.on_writing(self._address, self._text)

    def retract(self) -> None:
        """Takes back everything shown so far."""
        if self._write(encode("retract", self._try, {}), ""):
            self._channel.on_retract(self._address)
        self._text = ""
        self._tries += 1

    def end(self) -> None:
        """Shows nothing any more; the answer itself may follow."""
        self._live = False
        self._channel.on_turn_end(self._address)

    @property
    def _try(self) -> str:
        """Told apart by the readers: after a retraction the same turn begins anew."""
        return f"{self._turn}.{self._tries}"

    def _write(self, payload: str, text: str) -> bool:
        stamp = stamp_of(self._conversation)
        arguments = [stamp, self._turn, channel_of(self._name), payload, text, SNAPSHOT_TTL, self._try]
        return self._run(_WRITE, arguments)

    def _run(self, script: str, arguments: list) -> bool:
        if not self._live:
            return False
        try:
            may_go_on = bool(run_script(script, keys_of(self._name), arguments))
        except RedisError as error:
            logger.warning("not shown live: %s", error)
            may_go_on = False
        if not may_go_on:
            self.end()
        return may_go_on
