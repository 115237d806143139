"""What a message is, in words: bots understand text only, so anything else is kept as a note of what it was."""

from telegram import Message

_NAMES = {
    "ru": {
        "photo": "фото",
        "video": "видео",
        "video_note": "видеосообщение",
        "voice": "голосовое сообщение",
        "audio": "аудио",
        "animation": "GIF",
        "document": "файл",
        "sticker": "стикер",
        "contact": "контакт",
        "venue": "место",
        "location": "геопозиция",
        "poll": "опрос",
        "dice": "кубик",
        "story": "история",
        "other": "сообщение, которое я не умею читать",
    },
    "en": {
        "photo": "photo",
        "video": "video",
        "video_note": "video message",
        "voice": "voice message",
        "audio": "audio",
        "animation": "GIF",
        "document": "file",
        "sticker": "sticker",
        "contact": "contact",
        "venue": "place",
        "location": "location",
        "poll": "poll",
        "dice": "dice",
        "story": "story",
        "other": "a message that I cannot read",
    },
}
# GIFs carry a document and venues a location: the more exact name is asked first.
_ORDER = (
    "animation", "photo", "video", "video_note", "voice", "audio", "document", "sticker", "contact", "venue",
    "location", "poll", "dice", "story",
)  # fmt: skip
_SERVICE = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "pinned_message", "message_auto_delete_timer_changed", "web_app_data",
    "write_access_allowed", "users_shared", "chat_shared", "chat_background_set", "connected_website",
    "boost_added", "video_chat_started", "forum_topic_created", "successful_payment", "invoice",
    "proximity_alert_triggered",
)  # fmt: skip


def is_service(message: Message) -> bool:
    """Does Telegram tell here that something happened, rather than somebody say something?"""
    return any(getattr(message, field, None) for field in _SERVICE)


def describe(message: Message, language: str) -> str:
    """The note of a message without text: «[фото] подпись»."""
    names = _NAMES.get(language, _NAMES["ru"])
    kind = next((kind for kind in _ORDER if getattr(message, kind, None)), "other")
    detail = _detail(kind, message)
    note = f"[{names[kind]}{': ' + detail if detail else ''}]"
    return f"{note} {message.caption}" if message.caption else note


def _detail(kind: str, message: Message) -> str:
    match kind:
        case "sticker":
            return message.sticker.emoji or ""
        case "document":
            return message.document.file_name or ""
        case "contact":
            contact = message.contact
            name = " ".join(filter(None, [contact.first_name, contact.last_name]))
            return f"{name}, {contact.phone_number}"
        case "venue":
            return f"{message.venue.title}, {message.venue.address}"
        case "location":
            return f"{message.location.latitude:.5f}, {message.location.longitude:.5f}"
        case "poll":
            return message.poll.question
        case "dice":
            return f"{message.dice.emoji} {message.dice.value}"
    return ""
