"""Conversations made at once, as they look after the visitors' POSTs."""

from django.utils import timezone


def ask_questions(count: int, *, name: str) -> None:
    """So many visitors of the website each ask something; the workers are told, all at the same moment."""
    from chats.models import Contact, Conversation, Message
    from config.celery import app

    contacts = Contact.objects.bulk_create(
        Contact(channel="web", external_id=f"{name}-{number}", last_seq=1) for number in range(count)
    )
    conversations = Conversation.objects.bulk_create(
        Conversation(contact=contact, visitor_seq=1, last_activity_at=timezone.now()) for contact in contacts
    )
    Message.objects.bulk_create(
        Message(
            contact=contact,
            conversation=conversation,
            seq=1,
            author="visitor",
            text="Сколько стоит доставка?",
        )
        for contact, conversation in zip(contacts, conversations, strict=True)
    )
    with app.producer_pool.acquire(block=True) as producer:
        for conversation in conversations:
            app.send_task(
                "chats.answer_conversation", args=[conversation.pk], queue="answers", producer=producer
            )
