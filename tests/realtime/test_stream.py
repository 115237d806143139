"""One stream by itself: what it makes of events that come late, twice or not at all."""

import asyncio
import json

import pytest

from chats.realtime.catching_up import News
from chats.realtime.stream import MOST_BUFFERED, Stream

BOT, OPERATOR = b'{"state": "bot"}', b'{"state": "operator"}'


class Reader:
    """A stream and what it has sent."""

    def __init__(self, after: int = 0) -> None:
        self.sent: list[bytes] = []
        self.asked = 0
        self.ended = False
        self.stream = Stream(token_hash="", after=after, address="", send=self._send, needs_check=self._check)

    async def _send(self, message: dict) -> None:
        self.sent.append(message["body"])
        self.ended = not message["more_body"]

    def _check(self, stream: Stream) -> None:
        self.asked += 1

    async def shown(self) -> list:
        """The events so far: (name, text) of a delta, (name, seq) of a message, the name of any other."""
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        events = []
        for block in b"".join(self.sent).decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
            data = json.loads(fields.get("data", "{}"))
            match fields.get("event"):
                case "delta":
                    events.append(("delta", data["text"]))
                case "message":
                    events.append(("message", int(fields["id"])))
                case "state":
                    events.append(("state", data["state"]))
                case str(name):
                    events.append(name)
        return events


@pytest.fixture
def run():
    return asyncio.run


def message(seq: int, author: str = "bot"):
    return b"message", f"{seq} {author}".encode(), b"{}"


def delta(text: str, at: int, turn: str = "one.0"):
    return b"delta", f"{turn} {at} {len(text)}".encode(), json.dumps({"text": text}).encode()


def state(stamp: str, data: bytes):
    return b"state", stamp.encode(), data


def caught_up(after: int = 0) -> Reader:
    reader = Reader(after)
    reader.stream.catch_up(News(last_seq=after, state=BOT, stamp=(1, 0)))
    return reader


def test_events_wait_until_it_has_caught_up(run):
    async def scene():
        reader = Reader()
        reader.stream.take(message(2))
        before = await reader.shown()
        reader.stream.catch_up(News(last_seq=1, messages=[(1, b"visitor", b"{}")], state=BOT))
        return before, await reader.shown()

    assert run(scene()) == ([], [("message", 1), ("state", "bot"), ("message", 2)])


def test_a_message_that_comes_twice_is_shown_once(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(message(1))
        reader.stream.take(message(1))
        return await reader.shown()

    assert run(scene()) == [("state", "bot"), ("message", 1)]


def test_a_gap_asks_the_database_and_is_filled_in_order(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(message(2))
        reader.stream.take(message(3))
        asked = reader.asked
        found = [(1, b"visitor", b"{}"), (2, b"bot", b"{}")]
        reader.stream.catch_up(News(last_seq=2, messages=found, state=BOT, stamp=(1, 0)))
        return asked, (await reader.shown())[1:]

    assert run(scene()) == (1, [("message", 1), ("message", 2), ("message", 3)])


def test_messages_published_in_the_wrong_order_are_shown_in_the_right_one(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(message(2))
        reader.stream.take(message(1))
        found = [(1, b"visitor", b"{}"), (2, b"bot", b"{}")]
        reader.stream.catch_up(News(last_seq=2, messages=found, state=BOT, stamp=(1, 0)))
        return (await reader.shown())[1:]

    assert run(scene()) == [("message", 1), ("message", 2)]


def test_news_that_are_older_than_what_was_shown_change_nothing(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(message(1))
        reader.stream.take(state("1:2", OPERATOR))
        reader.stream.catch_up(News(last_seq=0, state=BOT, stamp=(1, 1)))
        reader.stream.take(message(2))
        return (await reader.shown())[1:]

    assert run(scene()) == [("message", 1), ("state", "operator"), ("message", 2)]


def test_an_older_state_that_arrives_late_is_not_shown(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(state("1:2", OPERATOR))
        reader.stream.take(state("1:1", b'{"state": "waiting"}'))
        return (await reader.shown())[1:]

    assert run(scene()) == [("state", "operator")]


def test_a_new_conversation_is_later_than_every_epoch_of_the_old_one(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(state("1:5", b'{"state": "closed"}'))
        reader.stream.take(state("2:0", BOT))
        return (await reader.shown())[1:]

    assert run(scene()) == [("state", "closed"), ("state", "bot")]


def test_the_place_in_the_queue_is_shown_when_it_changes(run):
    async def scene():
        reader = caught_up()
        for place in (2, 2, 1):
            data = json.dumps({"state": "waiting", "queue_position": place}).encode()
            reader.stream.catch_up(News(state=data, stamp=(1, 1), waiting=True))
        return (await reader.shown())[1:]

    assert run(scene()) == [("state", "waiting"), ("state", "waiting")]


def test_pieces_of_an_answer_follow_each_other(run):
    async def scene():
        reader = caught_up()
        for piece in (delta("Здрав", 0), delta("ствуй", 5), delta("те", 10)):
            reader.stream.take(piece)
        return (await reader.shown())[1:]

    assert run(scene()) == [("delta", "Здрав"), ("delta", "ствуй"), ("delta", "те")]


def test_a_piece_that_comes_twice_is_shown_once(run):
    async def scene():
        reader = caught_up()
        for piece in (delta("Здрав", 0), delta("Здрав", 0), delta("ствуй", 5)):
            reader.stream.take(piece)
        return (await reader.shown())[1:]

    assert run(scene()) == [("delta", "Здрав"), ("delta", "ствуй")]


def test_a_stream_opened_in_the_middle_of_an_answer_shows_it_from_the_start(run):
    async def scene():
        reader = Reader()
        reader.stream.take(delta("ствуй", 5))
        reader.stream.take(delta("те", 10))
        reader.stream.catch_up(News(state=BOT, turn=b"one.0", partial="Здравствуй"))
        return (await reader.shown())[1:]

    assert run(scene()) == [("delta", "Здравствуй"), ("delta", "те")]


def test_a_lost_piece_is_mended_from_what_is_written_so_far(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(delta("Здрав", 0))
        reader.stream.take(delta("те", 10))
        reader.stream.catch_up(News(state=BOT, stamp=(1, 0), turn=b"one.0", partial="Здравствуйте"))
        reader.stream.take(delta("!", 12))
        return reader.asked, (await reader.shown())[1:]

    expected = [("delta", "Здрав"), "retract", ("delta", "Здравствуйте"), ("delta", "!")]
    assert run(scene()) == (1, expected)


def test_a_lost_piece_that_nobody_has_leaves_the_answer_to_its_message(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(delta("Здрав", 0))
        reader.stream.take(delta("те", 10))
        reader.stream.catch_up(News(state=BOT, stamp=(1, 0)))
        reader.stream.take(delta("!", 12))
        reader.stream.take(message(1))
        return reader.asked, (await reader.shown())[1:]

    assert run(scene()) == (1, [("delta", "Здрав"), "retract", ("message", 1)])


def test_the_state_takes_back_what_the_bot_was_writing(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(delta("Здрав", 0))
        reader.stream.take(state("1:1", OPERATOR))
        return (await reader.shown())[1:]

    assert run(scene()) == [("delta", "Здрав"), "retract", ("state", "operator")]


def test_a_second_try_starts_anew_also_when_the_retraction_was_lost(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(delta("Здрав", 0, turn="one.0"))
        reader.stream.take(delta("Добрый день", 0, turn="one.1"))
        return (await reader.shown())[1:]

    assert run(scene()) == [("delta", "Здрав"), "retract", ("delta", "Добрый день")]


def test_a_visitors_message_does_not_break_the_answer_being_written(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(delta("Здрав", 0))
        reader.stream.take(message(1, "visitor"))
        reader.stream.take(delta("ствуйте", 5))
        return (await reader.shown())[1:]

    assert run(scene()) == [("delta", "Здрав"), ("message", 1), ("delta", "ствуйте")]


def test_a_full_page_is_followed_by_the_next_question_once_it_is_sent(run):
    async def scene():
        reader = Reader()
        found = [(seq, b"bot", b"{}") for seq in range(1, 51)]
        reader.stream.catch_up(News(last_seq=60, messages=found, more=True, state=BOT))
        at_once = reader.asked
        await reader.shown()
        return at_once, reader.asked, reader.stream.seq

    assert run(scene()) == (0, 1, 50)


def test_a_reader_who_does_not_read_is_dropped(run):
    async def scene():
        stuck = asyncio.Event()

        class Transport:
            aborted = False

            def abort(self):
                self.aborted = True

        class Cycle:
            transport = Transport()

            async def send(self, message):
                await stuck.wait()

        cycle = Cycle()
        stream = Stream(token_hash="", after=0, address="", send=cycle.send, needs_check=lambda _: None)
        stream.push(b"first")
        await asyncio.sleep(0)
        for _ in range(MOST_BUFFERED + 1):
            stream.push(b"more")
        stuck.set()
        return stream.closed, cycle.transport.aborted

    assert run(scene()) == (True, True)


def test_closing_sends_what_is_left_and_a_hint_when_to_come_back(run):
    async def scene():
        reader = caught_up()
        reader.stream.take(message(1))
        reader.stream.close(retry=700)
        shown = await reader.shown()
        return shown[1:], b"retry: 700" in b"".join(reader.sent), reader.ended

    assert run(scene()) == ([("message", 1)], True, True)
