"""Those who play: each speaks to the running desk over HTTP only, as its user does."""

import re
import secrets
import uuid

import httpx

from telegram_bot.sandbox.client import SandboxClient, buttons_of, text_of, wait_for

PATIENCE = 40.0  # seconds; a shared machine may be slow, and nothing here depends on how slow


class Visitor:
    """Somebody at the widget of the website."""

    def __init__(self, web: httpx.Client):
        self.web, self.headers = web, {"Chat-Token": secrets.token_urlsafe(24)}
        self.seq, self.read = 0, []

    def write(self, text: str) -> dict:
        body = {"text": text, "client_id": str(uuid.uuid4())}
        response = self.web.post("/api/v1/chat/messages", json=body, headers=self.headers)
        assert response.status_code == 201, response.text
        return response.json()

    def poll(self) -> dict:
        response = self.web.get("/api/v1/chat/messages", params={"after": self.seq}, headers=self.headers)
        assert response.status_code == 200, response.text
        answer = response.json()
        for message in answer["messages"]:
            assert message["seq"] == self.seq + 1, f"a hole after {self.seq}: {message}"
            self.seq = message["seq"]
            self.read.append(message)
        return answer

    def wait_for(self, text: str, *, author: str) -> dict:
        """The next message of that author with that text in it that has not been waited for yet."""

        def found():
            self.poll()
            for index, message in enumerate(self.read):
                if message["author"] == author and text.lower() in message["text"].lower():
                    return self.read.pop(index)
            return None

        return wait_for(found, timeout=PATIENCE)

    def wait_for_state(self, state: str) -> None:
        wait_for(lambda: self.poll()["state"] == state, timeout=PATIENCE)


class Admin:
    """Somebody in /admin/, through its forms."""

    def __init__(self, web_url: str, *, name: str, password: str, verify: bool = True):
        self.http = httpx.Client(base_url=web_url, follow_redirects=True, timeout=30, verify=verify)
        self.http.headers["Referer"] = f"{web_url}/admin/"
        page = self._post("/admin/login/?next=/admin/", username=name, password=password)
        assert "/admin/login/" not in str(page.url), "the admin's password was refused"

    def approve(self, operator_name: str) -> None:
        """Ticks the operator in the list and runs the action that approves."""
        path = "/admin/operators/operator/"
        page = self.http.get(path, params={"q": operator_name}).text
        ids = re.findall(r'name="_selected_action" value="(\d+)"', page)
        assert len(ids) == 1, f"{operator_name} is not in the list exactly once: {ids}"
        self._post(f"{path}?q={operator_name}", action="let_in", _selected_action=ids[0], index="0")

    def page(self, path: str) -> str:
        """The text of a page of the admin."""
        response = self.http.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response.text

    def _post(self, path: str, **data: str) -> httpx.Response:
        page = self.http.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
        response = self.http.post(path, data={"csrfmiddlewaretoken": token, **data})
        assert response.status_code == 200, (path, response.status_code)
        return response


class OperatorPhone:
    """An operator's Telegram, in the sandbox."""

    def __init__(self, sandbox: SandboxClient, name: str):
        self.name = name
        self.person = sandbox.create_person(name)
        self.chat = sandbox.chat("operators", self.person)

    def wait_for(self, wanted) -> dict:
        return self.chat.wait_for_bot(wanted, timeout=PATIENCE)

    def apply(self) -> None:
        self.chat.start()
        self.wait_for("администратор")

    def go_on_duty(self) -> None:
        self.chat.send("/start")
        self.wait_for("Вы на дежурстве")

    def wait_for_card(self, words: str) -> dict:
        """The card of the waiting conversation whose last lines hold these words."""
        return self.wait_for(
            lambda m: words in text_of(m) and any("Взять" in label for label in buttons_of(m))
        )

    def press(self, message: dict, label: str) -> str:
        """Presses the button whose label contains this, and returns what the bot answered to the press."""
        (whole,) = [text for text in buttons_of(message) if label in text]
        pressed = self.chat.press(message, whole)
        answer = self.chat.wait_for_callback_answer(pressed, timeout=PATIENCE)
        return answer["text"]
