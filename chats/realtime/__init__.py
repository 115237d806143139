"""The realtime process: the event stream of the widget, and nothing else. Bare ASGI: thousands wait here.

application      app.py         routes, the life of the process
requests.py      who asks and from where on; errors and CORS as the API has them
hub.py           all open streams; each event goes to the streams of its visitor
stream.py        one open stream: what it has shown, what is still to be sent
catching_up.py   what PostgreSQL knows, asked for many streams at once
subscriber.py    the one Redis pub/sub connection of the process
frames.py        the bytes of server-sent events
"""

from chats.realtime.app import application

__all__ = ["application"]
