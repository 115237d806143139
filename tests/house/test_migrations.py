"""The tables follow the models, and the tables of a new version serve the old version too: a deploy runs both."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django_migration_linter import MigrationLinter

pytestmark = pytest.mark.django_db

# Written before the first release: no older version ever ran on the tables they change
BEFORE_THE_FIRST_RELEASE = ["0002_api_keys_and_webhook_tasks"]


def test_no_change_of_a_model_is_without_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# An index that is built beside the work wants no transaction around it
@pytest.mark.django_db(transaction=True)
def test_every_migration_leaves_the_version_before_working(capsys):
    linter = MigrationLinter(
        settings.BASE_DIR,
        include_apps=["chats", "operators", "llm", "telegram_bot"],
        ignore_name=BEFORE_THE_FIRST_RELEASE,
        no_cache=True,
    )
    linter.lint_all_migrations()
    assert linter.nb_erroneous == 0, capsys.readouterr().out
