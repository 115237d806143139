"""python-telegram-bot itself talks to the sandbox as it talks to Telegram."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    MenuButtonWebApp,
    MessageEntity,
    ReplyParameters,
    Update,
    WebAppInfo,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.sandbox.conftest import SUPPORT


@pytest.fixture
def bot_does(sandbox):
    """bot_does(async function of a Bot): its result."""

    def run(action, token=SUPPORT):
        async def inside():
            async with Bot(
                token, base_url=f"{sandbox.url}/bot", base_file_url=f"{sandbox.url}/file/bot"
            ) as bot:
                return await action(bot)

        # In a thread of its own: a browser test before this one may have left its event loop in the main thread.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, inside()).result()

    return run


def test_get_me(bot_does, api):
    me = bot_does(lambda bot: bot.get_me())
    assert (me.id, me.username) == (1000001, "sandbox_support_bot")


def test_a_message_with_everything(bot_does, chat):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Взять", callback_data="claim:1")]])
    asked = chat.send("Где заказ?")
    message = bot_does(
        lambda bot: bot.send_message(
            chat.person,
            "<b>В пути</b>",
            parse_mode="HTML",
            reply_markup=keyboard,
            reply_parameters=ReplyParameters(asked["message_id"]),
        )
    )
    assert message.entities == (MessageEntity(MessageEntity.BOLD, 0, 6),)
    assert message.reply_to_message.text == "Где заказ?"
    assert message.reply_markup == keyboard


def test_updates_of_every_kind_are_understood(bot_does, api, chat):
    photo = chat.send_photo("вот")
    chat.send_sticker()
    chat.send_voice()
    chat.send_document("a.txt")
    chat.act("contact")
    chat.act("location")
    chat.edit(chat.send("раз"), "два")
    chat.block()
    updates = bot_does(lambda bot: bot.get_updates(allowed_updates=Update.ALL_TYPES))
    messages = [update.message for update in updates if update.message]
    assert messages[0].text == "/start"
    assert messages[1].photo[-1].file_id == photo["photo"][-1]["file_id"]
    assert [bool(m.sticker or m.voice or m.document or m.contact or m.location) for m in messages[2:7]] == [
        True
    ] * 5
    assert updates[-2].edited_message.text == "два"
    assert updates[-1].my_chat_member.new_chat_member.status == "kicked"


def test_a_callback_query_is_answered(bot_does, chat):
    async def play(bot):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Взять", callback_data="claim:1")]])
        message = await bot.send_message(chat.person, "x", reply_markup=keyboard)
        await asyncio.to_thread(chat.press, message.message_id, "Взять")
        query = (await bot.get_updates(offset=-1))[0].callback_query
        await query.answer("Готово", show_alert=True)
        await query.edit_message_text("Взято")

    bot_does(play)
    assert chat.wait_for_callback_answer()["text"] == "Готово"
    assert chat.bot_texts() == ["Взято"]


def test_a_draft_a_document_a_menu_button_and_commands(bot_does, api, chat):
    async def play(bot):
        assert await bot.send_message_draft(chat.person, 5, "Ваш зак")
        await bot.set_my_commands([BotCommand("start", "Начать")])
        await bot.set_chat_menu_button(
            menu_button=MenuButtonWebApp("Герои", WebAppInfo("http://127.0.0.1:8000/miniapp/"))
        )
        await bot.send_document(chat.person, InputFile("привет".encode(), "t.txt"), caption="файл")
        document = await bot.send_document(chat.person, b"12345", filename="n.txt")
        return await (await bot.get_file(document.document.file_id)).download_as_bytearray()

    assert bot_does(play) == b"12345"
    seen = chat.read()
    assert seen["commands"] == [{"command": "start", "description": "Начать"}]
    assert seen["menu_button"]["web_app"]["url"] == "http://127.0.0.1:8000/miniapp/"


def test_webhook_info(bot_does, api, receiver):
    async def play(bot):
        await bot.set_webhook(receiver.url, secret_token="s", allowed_updates=["message"], max_connections=7)
        return await bot.get_webhook_info()

    info = bot_does(play)
    assert (info.url, info.max_connections, info.allowed_updates) == (receiver.url, 7, ("message",))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "error", "code": 429, "retry_after": 3}, RetryAfter),
        ({"kind": "error", "code": 500}, NetworkError),
        ({"kind": "close"}, NetworkError),
        ({"kind": "refuse"}, NetworkError),
    ],
)
def test_trouble_becomes_the_librarys_errors(bot_does, api, chat, fault, error):
    api.fault(**fault, methods=["sendMessage"])
    with pytest.raises(error):
        bot_does(lambda bot: bot.send_message(chat.person, "x"))


def test_refusals_become_the_librarys_errors(bot_does, api, chat, receiver):
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        bot_does(lambda bot: bot.send_message(1, "x"))
    with pytest.raises(BadRequest, match="Can't parse entities"):
        bot_does(lambda bot: bot.send_message(chat.person, "a.", parse_mode="MarkdownV2"))
    chat.block()
    with pytest.raises(Forbidden):
        bot_does(lambda bot: bot.send_message(chat.person, "x"))
    bot_does(lambda bot: bot.set_webhook(receiver.url))
    with pytest.raises(Conflict):
        bot_does(lambda bot: bot.get_updates())
    with pytest.raises(InvalidToken):
        bot_does(lambda bot: bot.get_me(), token="1000001:somebody-else")
