"""What is live in Redis: the pub/sub channel of each contact, who may speak now, and the answer to an idle poll.

Every function here is best effort: PostgreSQL has the truth, and a Redis that is away only makes readers ask it.
What is published is a line `event tag` and the event's JSON: the stream passes the JSON on without looking into it.
"""

import json
import logging

from django.db import transaction

from chats.channels import get_channel
from chats.models import Contact, Conversation, Message
from chats.redis import RedisError, get_redis, run_script

logger = logging.getLogger(__name__)

SNAPSHOT_TTL = 60  # seconds after which a poll asks PostgreSQL once more, whatever Redis says

#: Keys and ARGV[1..4] of every script that writes the snapshot: seq, state, its lifetime, stamp.
SET_IF_NEWER = """
local seq, stamp = tonumber(ARGV[1]), ARGV[4]
local old = redis.call('HMGET', KEYS[1], 'seq', 'stamp')
local old_seq, old_stamp = tonumber(old[1] or 0), old[2]
local function epoch(of) return tonumber(string.match(of or '', ':(%d+)$') or 0) end
local changed = old_stamp ~= stamp
local newer = seq > old_seq or (seq == old_seq and epoch(stamp) >= epoch(old_stamp))
if newer then
  redis.call('HSET', KEYS[1], 'seq', seq, 'state', ARGV[2], 'stamp', stamp)
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  if changed then
    redis.call('HDEL', KEYS[1], 'turn')
    redis.call('DEL', KEYS[2])
  end
end
"""
# One script, so that no delta of an epoch that has ended can slip in behind the news of its end.
_TELL = f"""
if ARGV[6] ~= '' then redis.call('PUBLISH', ARGV[5], ARGV[6]) end
{SET_IF_NEWER}
if newer and changed then redis.call('PUBLISH', ARGV[5], ARGV[7]) end
if newer and ARGV[8] ~= '' then
  redis.call('HDEL', KEYS[1], 'turn')
  redis.call('DEL', KEYS[2])
end
return 1
"""


def name_of(contact: Contact) -> str:
    """What a contact is called in Redis: a visitor of the website by the token's hash, known before the first word."""
    return contact.external_id if contact.channel == "web" else f"{contact.channel}:{contact.external_id}"


def channel_of(name: str) -> str:
    """The pub/sub channel of a contact's events."""
    return f"live:{name}"


def keys_of(name: str) -> list[str]:
    """The snapshot, and the answer as written so far; the braces keep both on one node of a Redis Cluster."""
    return [f"poll:{{{name}}}", f"writing:{{{name}}}"]


def publish(name: str, event: str, data: dict) -> None:
    """Publishes an event that nothing hangs on, such as `typing`."""
    try:
        get_redis().publish(channel_of(name), encode(event, "", data))
    except RedisError as error:
        logger.warning("not published: %s", error)


def publish_on_commit(message: Message, *, contact: Contact, conversation: Conversation) -> None:
    """Once the transaction commits: shows the message to open streams, and the state if it has changed."""
    if get_channel(contact.channel).shows_writing:
        ends_turn = message.author in (Message.Author.BOT, Message.Author.SYSTEM)
        payload = encode("message", f"{message.seq} {message.author}", message_as_json(message))
        _tell_on_commit(contact, message.seq, conversation, payload, ends_turn=ends_turn)


def publish_state_on_commit(*, contact: Contact, conversation: Conversation) -> None:
    """Once the transaction commits: tells of a change of state that comes without a message."""
    if get_channel(contact.channel).shows_writing:
        _tell_on_commit(contact, contact.last_seq, conversation, "", ends_turn=True)


def _tell_on_commit(
    contact: Contact, seq: int, conversation: Conversation, payload: str, *, ends_turn: bool
) -> None:
    state = state_as_json(conversation)
    arguments = [
        *snapshot_arguments(seq, conversation),
        channel_of(name_of(contact)),
        payload,
        encode("state", stamp_of(conversation), {**state, "queue_position": None}),
        "1" if ends_turn else "",
    ]

    def tell() -> None:
        try:
            run_script(_TELL, keys_of(name_of(contact)), arguments)
        except RedisError as error:
            logger.warning("not published: %s", error)

    transaction.on_commit(tell, robust=True)


def read_snapshot(external_id: str) -> tuple[int, dict] | None:
    """(last seq, state) as last seen of a web contact, or None when PostgreSQL has to be asked."""
    try:
        seq, state = get_redis().hmget(keys_of(external_id)[0], "seq", "state")
    except RedisError:
        return None
    return (int(seq), json.loads(state)) if seq is not None and state is not None else None


def write_snapshot(external_id: str, seq: int, conversation: Conversation | None) -> None:
    """Remembers what PostgreSQL said, unless something newer is known already."""
    try:
        run_script(SET_IF_NEWER, keys_of(external_id), snapshot_arguments(seq, conversation))
    except RedisError as error:
        logger.warning("no snapshot: %s", error)


def snapshot_arguments(seq: int, conversation: Conversation | None) -> list:
    """The first arguments of a script that contains SET_IF_NEWER."""
    state = json.dumps(state_as_json(conversation), ensure_ascii=False)
    return [seq, state, SNAPSHOT_TTL, stamp_of(conversation)]


def message_as_json(message: Message) -> dict:
    """A message as the widget's API and the stream show it. By its client_id the widget knows its own words again."""
    shown = {
        "seq": message.seq,
        "author": message.author,
        # Once it is older than RETENTION_DAYS; its seq stays, so that readers miss nothing
        "text": message.text or "…",
        "created_at": message.created_at.isoformat(),
        "operator": message.operator_name or None,
    }
    if message.client_id and message.author == Message.Author.VISITOR:
        shown["client_id"] = str(message.client_id)
    if message.meta.get("offer"):
        shown["offer"] = True
    # A source whose link stands in the text already is not shown twice.
    sources = [source for source in message.meta.get("sources", ()) if source["url"] not in message.text]
    return shown | ({"sources": sources} if sources else {})


def state_as_json(conversation: Conversation | None) -> dict:
    """Who answers now. `queue_position` is filled in by the poll and the stream, which ask PostgreSQL for it."""
    if conversation is None:
        return {"state": Conversation.State.BOT.value, "operator": None}
    return {"state": str(conversation.state), "operator": conversation.operator_name or None}


def stamp_of(conversation: Conversation | None) -> str:
    """Which conversation and which epoch of it: a later stamp has the later state."""
    return f"{conversation.pk}:{conversation.epoch}" if conversation else "0:0"


def encode(event: str, tag: str, data: dict) -> str:
    """What goes over the pub/sub channel."""
    return f"{event} {tag}\n{json.dumps(data, ensure_ascii=False)}"
