"""Who gets what: every URL of the project, asked by every kind of actor. Only data; test_access.py asks.

An answer is a status and whose secret stands in it: "200 visitor" is a 200 with what the visitor wrote in it, and "200"
is one with nobody's. Whoever a row does not name gets what it says for `others`.

    nobody          says nothing about themselves
    visitor         wrote on the site; other_visitor: so did they, under another token
    key             wrote to the messages API and to the webhook with an API key; other_key: another key
    person          opened the Mini App: initData that Telegram signed for the bot of characters
    operator        approved and on duty: initData that Telegram signed for the bot of operators
    telegram        knows the secret of the webhooks; impostor: guesses it
    staff           logged into the admin, with no rights; admin: a superuser
"""

# ruff: noqa: E501 - a table has lines as long as its rows

from dataclasses import dataclass, field

ACTORS = ("nobody", "visitor", "other_visitor", "key", "other_key", "person", "operator", "telegram", "impostor", "staff",
          "admin")  # fmt: skip
LOGIN, FORBIDDEN = "302", "403"


@dataclass(frozen=True)
class Row:
    """One method of one route. `path` is an example of it; `{names}` in it are filled in from the world."""

    method: str
    route: str
    path: str
    others: str
    answers: dict[str, str] = field(default_factory=dict)
    body: dict | None = None

    def answer_for(self, actor: str) -> str:
        """What this actor gets."""
        return self.answers.get(actor, self.others)


def row(method: str, route: str, path: str, *, others: str, body: dict | None = None, **answers: str) -> Row:
    """A row of the table as it is written below."""
    return Row(method=method, route=route, path=path, others=others, body=body, answers=answers)


TEXT = {"text": "Сколько стоит доставка?", "client_id": "2f1b7a52-6f0e-4c63-9c41-3f4d5f7a9a10"}
TASK = r"^webhook/(?P<task_id>[^/]+)/?$"
UPDATE = {"update_id": 77}
ASKED = {
    "message": "Привет",
    "callback_url": "http://127.0.0.1:9/callback",
}  # never called: nobody works here

# What takes a key works without one too where API_ANONYMOUS allows it, as it does here: such callers see each other's,
# and nothing of any key's. A wrong Authorization is refused even so.
WRONG_KEY = {"person": "401", "operator": "401"}

SITE = [
    row("GET", r"^api/v1/chat/messages/?$", "/api/v1/chat/messages", others="401", visitor="200 bot_to_visitor visitor", other_visitor="200 other_visitor"),
    row("POST", r"^api/v1/chat/messages/?$", "/api/v1/chat/messages", body=TEXT, others="401", visitor="201", other_visitor="201"),
    row("POST", r"^api/v1/chat/operator/?$", "/api/v1/chat/operator", others="401", visitor="200", other_visitor="200"),
    row("DELETE", r"^api/v1/chat/operator/?$", "/api/v1/chat/operator", others="401", visitor="200", other_visitor="200"),
    row("POST", r"^api/v1/chat/typing/?$", "/api/v1/chat/typing", others="401", visitor="204", other_visitor="204"),
    row("GET", r"^api/v1/chat/config/?$", "/api/v1/chat/config", others="200"),
    row("POST", r"^api/v1/gpt/?$", "/api/v1/gpt", body={"message": "Привет"}, others="401", visitor="201", other_visitor="201"),
    row("GET", r"^api/v1/message/?$", "/api/v1/message", others="401", visitor="200 bot_to_visitor", other_visitor="200"),
    row("POST", r"^webhook/?$", "/webhook", body=ASKED, others="200", **WRONG_KEY),
    row("GET", TASK, "/webhook/{task}", others="404", key="200", **WRONG_KEY),
    row("POST", r"^callback/?$", "/callback", body={"generated_response": "x"}, others="200"),
    row("POST", r"^api/messages/create/?$", "/api/messages/create", body={"prompt_message": "Привет"}, others="201", **WRONG_KEY),
    row("POST", r"^api/messages/create/?$", "/api/messages/create?into", body={"prompt_message": "Привет", "conversation_id": "{dialogue}"},
        others="404", key="201", **WRONG_KEY),
    row("GET", r"^api/messages/?$", "/api/messages", others="200", key="200 key", other_key="200 other_key", **WRONG_KEY),
    row("POST", r"^telegram/(?P<bot>support|operators|characters)/webhook/?$", "/telegram/support/webhook", body=UPDATE, others="403", telegram="200"),
    row("POST", r"^telegram/(?P<bot>support|operators|characters)/webhook/?$", "/telegram/operators/webhook", body=UPDATE, others="403", telegram="200"),
    row("POST", r"^telegram/(?P<bot>support|operators|characters)/webhook/?$", "/telegram/characters/webhook", body=UPDATE, others="403", telegram="200"),
    row("GET", r"^miniapp/?$", "/miniapp", others="200"),
    row("GET", r"^miniapp/api/characters/?$", "/miniapp/api/characters", others="401", person="200"),
    row("POST", r"^miniapp/api/choice/?$", "/miniapp/api/choice", body={"character": "{character}"}, others="401", person="200"),
    row("GET", r"^characters/(?P<slug>[-\w]+)\.png$", "/characters/{character}.png", others="200"),
    row("GET", r"^api/schema/?$", "/api/schema/", others="200"),
    row("GET", r"^(?:swagger|docs)/?$", "/swagger/", others="200"),
    row("GET", r"^redoc/?$", "/redoc/", others="200"),
    row("GET", r"^healthz/?$", "/healthz", others="200"),
    row("GET", r"^readyz/?$", "/readyz", others="503"),  # no worker has swept yet
    row("GET", r"^metrics/?$", "/metrics", others="403"),  # asked from elsewhere, without METRICS_TOKEN
    row("GET", "", "/", others="200"),
]  # fmt: skip

#: The process of streams, which has its own routes.
REALTIME = [
    row("GET", "/healthz", "/healthz", others="200"),
    row("GET", "/readyz", "/readyz", others="200"),
    row("GET", "/api/v1/chat/stream", "/api/v1/chat/stream", others="401", visitor="200 bot_to_visitor visitor", other_visitor="200 other_visitor"),
]  # fmt: skip

# --- the admin: whoever is not logged in is sent to the login page


def _admin(route: str, path: str, *, staff: str, admin: str) -> Row:
    return row("GET", f"admin/{route}", f"/admin/{path}", others=LOGIN, staff=staff, admin=admin)


ADMIN_PAGES = [
    _admin("", "", staff="200", admin="200"),
    row("GET", "admin/login/", "/admin/login/", others="200", staff="302", admin="302"),
    row("POST", "admin/logout/", "/admin/logout/", others="302", staff="200", admin="200"),
    _admin("password_change/", "password_change/", staff="200", admin="200"),
    _admin("password_change/done/", "password_change/done/", staff="200", admin="200"),
    _admin("autocomplete/", "autocomplete/", staff=FORBIDDEN, admin=FORBIDDEN),  # it is asked for no field
    _admin("totp/", "totp/", staff="200", admin="200"),
    _admin("jsi18n/", "jsi18n/", staff="200", admin="200"),
    _admin("search/", "search/?s=secret", staff="200", admin="200"),
    _admin("r/<path:content_type_id>/<path:object_id>/", "r/1/1/", staff="404", admin="404"),
    _admin("^<app_label>/$", "chats/", staff="404", admin="200"),
    _admin("(?P<url>.*)$", "no-such-page/", staff="404", admin="404"),
    _admin("auth/user/<id>/password/", "auth/user/{auth_user}/password/", staff=FORBIDDEN, admin="200"),
    _admin("llm/llmcall/spending/", "llm/llmcall/spending/", staff=FORBIDDEN, admin="200"),
    _admin("llm/character/import-card/", "llm/character/import-card/", staff=FORBIDDEN, admin="200"),
    _admin("llm/character/<path:object_id>/try/", "llm/character/{llm_character}/try/", staff=FORBIDDEN, admin="200"),
    _admin("llm/knowledgearticle/import/", "llm/knowledgearticle/import/", staff=FORBIDDEN, admin="200"),
    _admin("llm/knowledgearticle/try-search/", "llm/knowledgearticle/try-search/", staff=FORBIDDEN, admin="200"),
    _admin("chats/analyticsevent/by-day/", "chats/analyticsevent/by-day/", staff=FORBIDDEN, admin="200"),
]  # fmt: skip

# What a superuser gets on the pages of each model; staff without rights get 403 on all of them. History is read only.
ADMIN_MODELS = """
                            list  add  change  delete  history
admin/logentry              200   403  200     403     200
auth/group                  200   200  200     200     200
auth/user                   200   200  200     200     200
chats/analyticsevent        200   403  200     403     200
chats/apikey                200   200  200     403     200
chats/contact               200   403  200     403     200
chats/conversation          200   403  200     403     200
chats/delivery              200   403  200     403     200
chats/message               200   403  200     403     200
chats/popularquestion       200   200  200     200     200
llm/character               200   200  200     200     200
llm/knowledgearticle        200   200  200     200     200
llm/llmcall                 200   403  200     403     200
operators/handoff           200   403  200     403     200
operators/operator          200   403  200     403     200
telegram_bot/telegramupdate 200   403  200     403     200
"""


def _model_rows() -> list[Row]:
    rows = []
    for line in ADMIN_MODELS.strip().splitlines()[1:]:
        model, listed, added, changed, deleted, history = line.split()
        row_of = "{" + model.replace("/", "_") + "}"
        for name, admin in (("change", changed), ("delete", deleted), ("history", history)):
            route = f"{model}/<path:object_id>/{name}/"
            rows.append(_admin(route, f"{model}/{row_of}/{name}/", staff=FORBIDDEN, admin=admin))
        rows += [
            _admin(f"{model}/", f"{model}/", staff=FORBIDDEN, admin=listed),
            _admin(f"{model}/add/", f"{model}/add/", staff=FORBIDDEN, admin=added),
            # The address of old: it only leads to the page of change
            _admin(f"{model}/<path:object_id>/", f"{model}/{row_of}/", staff="302", admin="302"),
        ]
    return rows


ADMIN = ADMIN_PAGES + _model_rows()
TABLE = SITE + ADMIN
