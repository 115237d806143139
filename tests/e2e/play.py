"""The play: what a new user does on the first day, over HTTP, against whatever desk runs at these addresses.

python -m tests.e2e.play --web http://127.0.0.1:8000 --sandbox http://127.0.0.1:8002 --admin admin:password
"""

import argparse
import secrets
import threading

import httpx

from telegram_bot.sandbox.client import SandboxClient
from tests.e2e.actors import PATIENCE, Admin, OperatorPhone, Visitor

KNOWN = {"ru": ("Сколько стоит доставка?", "350"), "en": ("How much does delivery cost?", "350")}


class Play:
    """One desk, and the scenes that are played on it in order."""

    def __init__(
        self,
        *,
        web_url: str,
        sandbox_url: str,
        admin: tuple[str, str],
        verify: bool = True,
        known: dict[str, tuple[str, str]] = KNOWN,
    ):
        self.known = known  # by language: a question, and what its answer holds
        self.web = httpx.Client(base_url=web_url, timeout=30, verify=verify)
        self.sandbox = SandboxClient(sandbox_url)
        self.admin = Admin(web_url, name=admin[0], password=admin[1], verify=verify)
        these = secrets.token_hex(3)  # so that the play can be played again on the same desk
        self.oleg = OperatorPhone(self.sandbox, f"Олег {these}")
        self.anna = OperatorPhone(self.sandbox, f"Анна {these}")

    def run(self) -> None:
        """Plays every scene; an AssertionError says what went wrong."""
        for scene in (
            self.bot_answers_what_it_knows,
            self.operators_are_approved,
            self.widget_visitor_gets_a_person,
            self.telegram_visitor_gets_a_person,
            self.exactly_one_of_two_claims_wins,
            self.text_for_one_never_reaches_another,
            self.stranger_can_do_nothing,
        ):
            scene()

    def bot_answers_what_it_knows(self) -> None:
        for question, fact in self.known.values():
            visitor = Visitor(self.web)
            visitor.write(question)
            visitor.wait_for(fact, author="bot")

    def operators_are_approved(self) -> None:
        for operator in (self.oleg, self.anna):
            operator.apply()
            operator.chat.send("/queue")
            operator.wait_for("должен одобрить администратор")
            self.admin.approve(operator.name)
            operator.wait_for("открыл вам доступ")
            operator.go_on_duty()

    def widget_visitor_gets_a_person(self) -> None:
        visitor = Visitor(self.web)
        visitor.write("У меня разбилась чашка из заказа 1187")
        visitor.write("позовите оператора")
        visitor.wait_for("Переключаю на человека", author="system")
        card = self.oleg.wait_for_card("1187")
        assert "ваш" in self.oleg.press(card, "Взять")
        self.oleg.wait_for("позовите оператора")  # the transcript
        visitor.wait_for_state("operator")
        self.oleg.chat.send("Здравствуйте! Пришлём новую чашку бесплатно.")
        said = visitor.wait_for("Пришлём новую чашку", author="operator")
        assert said["operator"] == self.oleg.name
        visitor.write("Спасибо <b>большое</b> & до встречи")
        self.oleg.wait_for("Спасибо <b>большое</b> & до встречи")
        self.oleg.chat.send("/finish")
        visitor.wait_for("Чат окончен.", author="system")
        question, fact = self.known["ru"]
        visitor.write(question)
        visitor.wait_for(fact, author="bot")

    def telegram_visitor_gets_a_person(self) -> None:
        maria = self.sandbox.create_person("Мария")
        chat = self.sandbox.chat("support", maria)
        chat.start()
        chat.wait_for_bot(timeout=PATIENCE)
        question, fact = self.known["ru"]
        chat.send(question)
        chat.wait_for_bot(fact, timeout=PATIENCE)
        chat.send("хочу поговорить с живым человеком про заказ 2244")
        chat.wait_for_bot("Переключаю на человека", timeout=PATIENCE)
        card = self.oleg.wait_for_card("2244")
        self.oleg.press(card, "Взять")
        self.oleg.wait_for("про заказ 2244")
        self.oleg.chat.send("Я на связи, что с заказом?")
        chat.wait_for_bot("Я на связи, что с заказом?", timeout=PATIENCE)
        chat.send("Где он?")
        self.oleg.wait_for("Где он?")
        self.oleg.chat.send("/finish")
        chat.wait_for_bot("Чат окончен.", timeout=PATIENCE)
        chat.send(question)
        chat.wait_for_bot(fact, timeout=PATIENCE)

    def exactly_one_of_two_claims_wins(self) -> None:
        visitor = Visitor(self.web)
        visitor.write("Оператора, пожалуйста, вопрос 3355")
        cards = {operator: operator.wait_for_card("3355") for operator in (self.oleg, self.anna)}
        words: dict[OperatorPhone, str] = {}
        barrier = threading.Barrier(2)

        def claim(operator: OperatorPhone) -> None:
            barrier.wait()
            words[operator] = operator.press(cards[operator], "Взять")

        threads = [threading.Thread(target=claim, args=[operator]) for operator in cards]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners = [operator for operator, said in words.items() if "ваш" in said]
        assert len(winners) == 1, words
        (loser,) = set(cards) - set(winners)
        loser.chat.wait_for_edit(cards[loser], winners[0].name, timeout=PATIENCE)
        # Until the winner has been told whom they talk to, a command is answered with a question
        winners[0].wait_for("вопрос 3355")
        winners[0].chat.send("/finish")
        visitor.wait_for("Чат окончен.", author="system")

    def text_for_one_never_reaches_another(self) -> None:
        visitors = [Visitor(self.web) for _ in range(2)]
        relayed = []
        for number, visitor in enumerate(visitors):
            visitor.write(f"Соедините с оператором, заказ 440{number}")
            card = self.oleg.wait_for_card(f"440{number}")
            self.oleg.press(card, "Взять")
            visitor.wait_for_state("operator")
        for number, visitor in enumerate(visitors):
            visitor.write(f"Уточнение {number}")
            relayed.append(self.oleg.wait_for(f"Уточнение {number}"))
        self.oleg.chat.send("Это кому?")
        asked = self.oleg.wait_for("Ничего не отправлено")
        self.oleg.press(asked, "Не отправлять")
        self.oleg.chat.send("Ответ первому", reply_to=relayed[0])
        visitors[0].wait_for("Ответ первому", author="operator")
        self.oleg.chat.send("Ответ второму", reply_to=relayed[1])
        visitors[1].wait_for("Ответ второму", author="operator")
        for visitor, foreign in zip(visitors, ("второму", "первому"), strict=True):
            visitor.poll()
            assert not [m for m in visitor.read if foreign in m["text"] or "Это кому" in m["text"]]
        for visitor, message in zip(visitors, relayed, strict=True):
            self.oleg.chat.send("/finish", reply_to=message)
            visitor.wait_for("Чат окончен.", author="system")

    def stranger_can_do_nothing(self) -> None:
        visitor = Visitor(self.web)
        visitor.write("Позовите человека, вопрос 5566")
        card = self.anna.wait_for_card("5566")
        stranger = OperatorPhone(self.sandbox, "Чужой")
        stranger.chat.start()
        note = stranger.wait_for("администратор")
        button = next(
            b for row in card["reply_markup"]["inline_keyboard"] for b in row if "Взять" in b["text"]
        )
        pressed = stranger.chat.press(note, data=button["callback_data"], force=True)
        stranger.chat.wait_for_callback_answer(pressed, timeout=PATIENCE)
        stranger.chat.send("/queue")
        stranger.wait_for("должен одобрить администратор")
        assert visitor.poll()["state"] == "waiting"
        self.anna.press(card, "Взять")
        visitor.wait_for_state("operator")
        self.anna.wait_for("вопрос 5566")
        self.anna.chat.send("/finish")
        visitor.wait_for("Чат окончен.", author="system")


def main() -> None:
    """Plays against the addresses of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--web", required=True)
    parser.add_argument("--sandbox", required=True)
    parser.add_argument("--admin", required=True, help="name:password")
    parser.add_argument("--insecure", action="store_true", help="do not check the certificate of --web")
    arguments = parser.parse_args()
    name, _, password = arguments.admin.partition(":")
    Play(
        web_url=arguments.web.rstrip("/"),
        sandbox_url=arguments.sandbox.rstrip("/"),
        admin=(name, password),
        verify=not arguments.insecure,
    ).run()
    print("Played from beginning to end.")


if __name__ == "__main__":
    main()
