"""What the demo's widget offers to ask; the articles that answer it are the LLM app's."""

from chats.models import PopularQuestion

POPULAR_QUESTIONS = {
    "ru": [
        "Сколько стоит доставка?",
        "Сколько дней ждать заказ?",
        "Как вернуть товар?",
        "Как оплатить заказ?",
    ],
    "en": [
        "How much is delivery?",
        "How long does delivery take?",
        "How do I return an item?",
        "How can I pay?",
    ],
}


def load_popular_questions() -> int:
    """Adds the demo's popular questions where there are none at all yet; returns how many were added."""
    if PopularQuestion.objects.exists():
        return 0
    questions = [
        PopularQuestion(text=text, language=language, order=order)
        for language, texts in POPULAR_QUESTIONS.items()
        for order, text in enumerate(texts)
    ]
    return len(PopularQuestion.objects.bulk_create(questions))
