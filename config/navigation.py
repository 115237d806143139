"""The admin's name, its menu and its first page (settings.UNFOLD)."""

from django.templatetags.static import static
from django.urls import reverse_lazy


def _item(title: str, icon: str, model: str, **more) -> dict:
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{name}"),
        **more,
    }


def unfold(site_name: str) -> dict:
    """Unfold's settings."""
    return {
        "SITE_TITLE": site_name,
        "SITE_HEADER": site_name,
        "SITE_SUBHEADER": "Пульт поддержки",
        "SITE_SYMBOL": "support_agent",
        "SHOW_HISTORY": False,
        "SHOW_BACK_BUTTON": True,
        "DASHBOARD_CALLBACK": "operators.admin.dashboard.add_figures",
        "STYLES": [lambda request: static("chats/admin.css")],
        "LOGIN": {"redirect_after": reverse_lazy("admin:index")},
        "ACCOUNT": {
            "navigation": [
                {"title": "Сменить пароль", "link": reverse_lazy("admin:password_change")},
                {"title": "Второй фактор", "link": reverse_lazy("admin-totp")},
            ]
        },
        "SIDEBAR": {"navigation": _navigation()},
    }


def _navigation() -> list[dict]:
    dashboard = "operators.admin.dashboard"
    return [
        {
            "items": [
                {"title": "Пульт", "icon": "dashboard", "link": reverse_lazy("admin:index")},
                _item(
                    "Операторы", "support_agent", "operators.operator", badge=f"{dashboard}.count_applicants"
                ),
                _item(
                    "Вызовы", "notifications_active", "operators.handoff", badge=f"{dashboard}.count_waiting"
                ),
            ],
        },
        {
            "title": "Диалоги",
            "separator": True,
            "items": [
                _item("Диалоги", "forum", "chats.conversation"),
                _item("Сообщения", "chat_bubble", "chats.message"),
                _item("Посетители", "person", "chats.contact"),
                _item("Обновления Telegram", "move_to_inbox", "telegram_bot.telegramupdate"),
                _item("Отправки", "outbox", "chats.delivery", badge=f"{dashboard}.count_failed"),
            ],
        },
        {
            "title": "Содержание",
            "separator": True,
            "items": [
                _item("База знаний", "menu_book", "llm.knowledgearticle"),
                _item("Персонажи", "theater_comedy", "llm.character"),
                _item("Популярные вопросы", "help", "chats.popularquestion"),
                _item("Вызовы модели", "neurology", "llm.llmcall"),
                _item("События", "monitoring", "chats.analyticsevent"),
            ],
        },
        {
            "title": "Доступ",
            "separator": True,
            "collapsible": True,
            "items": [
                _item("Ключи API", "key", "chats.apikey"),
                _item("Администраторы", "manage_accounts", "auth.user"),
                _item("Группы", "group", "auth.group"),
                _item("Журнал действий", "history", "admin.logentry"),
            ],
        },
    ]
