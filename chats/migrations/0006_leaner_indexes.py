"""Fewer indexes to keep for each message: those that others begin with, and one that nearly every row had the same
value in (which the planner chose all the same, on a desk whose tables it had not looked at yet)."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the tables may be large: the index is built beside the work

    dependencies = [
        ("chats", "0005_a_visitor_can_be_erased"),
        ("llm", "0001_knowledge_characters_usage"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(
                fields=["character"],
                condition=models.Q(("character__isnull", False)),
                name="conversation_of_character",
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="character",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="llm.character",
                verbose_name="персонаж",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="chats.contact",
                verbose_name="посетитель",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="chats.conversation",
                verbose_name="диалог",
            ),
        ),
    ]
