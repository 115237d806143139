"""The messages API: one prompt, one answer, in a dialogue that may go on."""

import time
import uuid

from django.db import connection, transaction

from chats import answering, inbox
from chats.models import ApiKey, Contact, Message

POLL_SECONDS = 0.2


class UnknownDialogue(ValueError):
    """There is no dialogue of that id that this key may see."""


def ask(
    *, text: str, api_key: ApiKey | None, dialogue_id: uuid.UUID | None, deadline: float
) -> tuple[Message, Message | None]:
    """Stores the prompt and waits at most `deadline` seconds for its answer; returns (prompt, answer or None).

    Without `dialogue_id` a new dialogue starts. Raises UnknownDialogue, inbox.BadText.
    """
    text = inbox.clean_text(text)
    with transaction.atomic():
        contact = _contact(api_key, dialogue_id)
        prompt = inbox.receive_message(contact=contact, text=text).message
    prompt.contact = contact
    until = time.monotonic() + deadline
    while True:
        # Another request of the same dialogue may hold the lease: then a worker answers after it, and we look.
        answering.answer_conversation(conversation_id=prompt.conversation_id)
        answer = answer_to(prompt)
        if answer is not None or not _is_owed(prompt) or time.monotonic() > until:
            return prompt, answer
        connection.close()
        time.sleep(POLL_SECONDS)


def answer_to(prompt: Message) -> Message | None:
    """The bot's answer to that prompt."""
    return (
        Message.objects.after(prompt.contact_id, prompt.seq)
        .filter(author=Message.Author.BOT, answers=prompt.seq)
        .first()
    )


def with_answers(prompts: list[Message]) -> list[tuple[Message, Message | None]]:
    """Each prompt with its answer, in one query whatever their number."""
    answers = Message.objects.filter(
        contact_id__in={prompt.contact_id for prompt in prompts},
        answers__in={prompt.seq for prompt in prompts},
        author=Message.Author.BOT,
    )
    found = {(answer.contact_id, answer.answers): answer for answer in answers}
    return [(prompt, found.get((prompt.contact_id, prompt.seq))) for prompt in prompts]


def _contact(api_key: ApiKey | None, dialogue_id: uuid.UUID | None) -> Contact:
    if dialogue_id is None:
        return Contact.objects.create(channel="api", external_id=str(uuid.uuid4()), api_key=api_key)
    contact = Contact.objects.filter(channel="api", external_id=str(dialogue_id), api_key=api_key).first()
    if contact is None:
        raise UnknownDialogue("There is no such conversation.")
    return contact


def _is_owed(prompt: Message) -> bool:
    """Is the bot still going to answer? No longer once its turn has ended without an answer."""
    conversation = prompt.conversation
    conversation.refresh_from_db(fields=["answered_seq"])
    return conversation.answered_seq < prompt.seq
