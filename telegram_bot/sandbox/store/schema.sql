CREATE TABLE IF NOT EXISTS bots (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    username TEXT NOT NULL,
    next_message_id INTEGER NOT NULL DEFAULT 1,
    next_update_id INTEGER NOT NULL,
    webhook TEXT,              -- JSON {url, secret_token, max_connections, ...} or NULL
    allowed_updates TEXT,      -- JSON list or NULL for the default
    commands TEXT NOT NULL DEFAULT '{}',   -- JSON {"scope|language": [BotCommand]}
    menu_button TEXT,
    profile TEXT NOT NULL DEFAULT '{}'     -- JSON {"description|language": text}
);
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL DEFAULT '',
    username TEXT NOT NULL DEFAULT '',
    language_code TEXT NOT NULL DEFAULT 'ru'
);
CREATE TABLE IF NOT EXISTS chats (
    bot_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    started INTEGER NOT NULL DEFAULT 0,
    blocked INTEGER NOT NULL DEFAULT 0,
    keyboard TEXT,             -- JSON of the reply keyboard shown, or NULL
    menu_button TEXT,
    PRIMARY KEY (bot_id, person_id)
);
CREATE TABLE IF NOT EXISTS messages (
    bot_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    outgoing INTEGER NOT NULL, -- 1: the person wrote it
    payload TEXT NOT NULL,     -- JSON of the Bot API's Message
    edited INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,  -- for both
    cleared INTEGER NOT NULL DEFAULT 0,  -- by the person, for themselves
    PRIMARY KEY (bot_id, message_id)
);
CREATE INDEX IF NOT EXISTS messages_of_chat ON messages (bot_id, person_id, message_id);
CREATE TABLE IF NOT EXISTS updates (
    bot_id INTEGER NOT NULL,
    update_id INTEGER NOT NULL,
    queue TEXT NOT NULL,       -- "message" or "callback", and the chat
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    expires_at REAL NOT NULL,
    repeats INTEGER NOT NULL DEFAULT 0,  -- deliver it so many more times (a fault on command)
    PRIMARY KEY (bot_id, update_id)
);
CREATE INDEX IF NOT EXISTS updates_of_queue ON updates (bot_id, queue, update_id);
CREATE TABLE IF NOT EXISTS callbacks (
    id TEXT PRIMARY KEY,
    bot_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    data TEXT NOT NULL,
    created_at REAL NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL DEFAULT '',
    show_alert INTEGER NOT NULL DEFAULT 0,
    url TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS callbacks_of_chat ON callbacks (bot_id, person_id, created_at);
CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY,
    unique_id TEXT NOT NULL,
    bot_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    content BLOB NOT NULL
);
