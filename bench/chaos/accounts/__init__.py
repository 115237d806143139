"""The books of the desk against what its visitors, its operators and Telegram have seen."""

from bench.chaos.accounts import answers, books, chats, operator_texts, voices
from bench.chaos.accounts.counting import count


def compare(stage, people, ledger) -> tuple[dict[str, int], dict[str, list[str]], list[str]]:
    """Counts, problems by kind (an empty list: none), and the duplicates in Telegram that could not be avoided."""
    phones = chats.read_phones(stage, people)
    problems = {
        "accepted, and not stored exactly once": books.not_stored_once(ledger),
        "holes in seq": books.holes(),
        "shown by the polls otherwise than stored": books.misread(people),
        "not answered, and not with a human": answers.unanswered(),
        "answered twice": answers.answered_twice(),
        "in the wrong voice": voices.wrong_voices(),
        "an operator's text lost, or shown to nobody or twice": operator_texts.lost(ledger, phones),
        "not delivered": chats.undelivered(phones),
        "delivered out of order": chats.out_of_order(phones),
    }
    duplicates, unexplained = chats.duplicates(phones)
    problems["duplicates that nothing explains"] = unexplained
    problems["complaints"] = ledger.complaints
    return count(people), problems, duplicates
