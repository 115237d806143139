"""What is live in Redis: the pub/sub channel of each contact, and the answer to an idle poll.

Every function here is best effort: PostgreSQL has the truth, and a Redis that is away only makes readers ask it.
"""

import json
import logging

from django.db import transaction

from chats.models import Contact, Conversation, Message
from chats.redis import RedisError, get_redis

logger = logging.getLogger(__name__)

SNAPSHOT_TTL = 60  # seconds after which a poll asks PostgreSQL once more, whatever Redis says
_SET_IF_NEWER = """
local old = redis.call('HGET', KEYS[1], 'seq')
if old and tonumber(old) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'seq', ARGV[1], 'state', ARGV[2], 'epoch', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
_PUBLISH_IF_EPOCH = """
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
return redis.call('PUBLISH', ARGV[2], ARGV[3])
"""


def channel_of(contact_id: int) -> str:
    """The pub/sub channel on which a contact's events are published."""
    return f"live:{contact_id}"


def publish(contact_id: int, event: str, data: dict) -> None:
    """Publishes one event now: `message`, `delta`, `retract`, `state` or `typing`."""
    try:
        get_redis().publish(channel_of(contact_id), _encode(event, data))
    except RedisError as error:
        logger.warning("not published: %s", error)


def publish_while(conversation: Conversation, contact: Contact, *, event: str, data: dict) -> None:
    """Publishes a piece of the bot's answer, unless the conversation has changed hands since that epoch began."""
    try:
        get_redis().eval(
            _PUBLISH_IF_EPOCH,
            1,
            _snapshot_key(contact.external_id),
            _stamp(conversation),
            channel_of(contact.pk),
            _encode(event, data),
        )
    except RedisError as error:
        logger.warning("not published: %s", error)


def publish_on_commit(message: Message, *, contact: Contact, conversation: Conversation) -> None:
    """Once the transaction commits: shows the message to open streams and renews the poll's snapshot."""
    data, state, stamp = message_as_json(message), state_as_json(conversation), _stamp(conversation)

    def tell() -> None:
        try:
            pipe = get_redis().pipeline(transaction=False)
            pipe.publish(channel_of(contact.pk), _encode("message", data))
            if message.author == Message.Author.SYSTEM:
                pipe.publish(channel_of(contact.pk), _encode("state", state))
            pipe.eval(
                _SET_IF_NEWER,
                1,
                _snapshot_key(contact.external_id),
                message.seq,
                json.dumps(state, ensure_ascii=False),
                SNAPSHOT_TTL,
                stamp,
            )
            pipe.execute()
        except RedisError as error:
            logger.warning("not published: %s", error)

    if contact.channel == "web":
        transaction.on_commit(tell, robust=True)


def read_snapshot(external_id: str) -> tuple[int, dict] | None:
    """(last seq, state) as last seen of a web contact, or None when PostgreSQL has to be asked."""
    try:
        seq, state = get_redis().hmget(_snapshot_key(external_id), "seq", "state")
    except RedisError:
        return None
    return (int(seq), json.loads(state)) if seq is not None and state is not None else None


def write_snapshot(external_id: str, seq: int, conversation: Conversation | None) -> None:
    """Remembers what PostgreSQL said, unless something newer is known already."""
    state = json.dumps(state_as_json(conversation), ensure_ascii=False)
    try:
        get_redis().eval(
            _SET_IF_NEWER, 1, _snapshot_key(external_id), seq, state, SNAPSHOT_TTL, _stamp(conversation)
        )
    except RedisError as error:
        logger.warning("no snapshot: %s", error)


def message_as_json(message: Message) -> dict:
    """A message as the widget's API and the stream show it. By its client_id the widget knows its own words again."""
    shown = {
        "seq": message.seq,
        "author": message.author,
        "text": message.text,
        "created_at": message.created_at.isoformat(),
        "operator": message.operator_name or None,
    }
    if message.client_id and message.author == Message.Author.VISITOR:
        shown["client_id"] = str(message.client_id)
    return shown | {key: message.meta[key] for key in ("offer", "sources") if message.meta.get(key)}


def state_as_json(conversation: Conversation | None) -> dict:
    """Who answers now. `queue_position` is filled in by the poll, which alone knows it."""
    if conversation is None:
        return {"state": Conversation.State.BOT.value, "operator": None}
    return {"state": str(conversation.state), "operator": conversation.operator_name or None}


def _encode(event: str, data: dict) -> str:
    return json.dumps({"event": event, "data": data}, ensure_ascii=False)


def _stamp(conversation: Conversation | None) -> str:
    return f"{conversation.pk}:{conversation.epoch}" if conversation else ""


def _snapshot_key(external_id: str) -> str:
    return f"poll:{external_id}"
