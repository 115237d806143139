"""Loads what the demo shop needs: articles, characters, popular questions. Running it again changes nothing edited."""

from django.core.management.base import BaseCommand

from chats.demo import load_popular_questions
from llm.demo import load_demo_characters, load_demo_knowledge


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        loaded = {
            "articles": load_demo_knowledge(),
            "characters": load_demo_characters(),
            "popular questions": load_popular_questions(),
        }
        self.stdout.write(", ".join(f"{count} new {what}" for what, count in loaded.items()))
