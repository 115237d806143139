"""`manage.py import_knowledge FILE`: articles from CSV or JSON Lines."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from llm.knowledge.importing import ImportFailed, import_knowledge


class Command(BaseCommand):
    help = "Import knowledge articles from a CSV or JSON Lines file; bad rows are listed and the others are taken."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args, file: Path, **options) -> None:
        try:
            report = import_knowledge(data=file.read_bytes(), name=file.name)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except ImportFailed as error:
            raise CommandError(f"{file}: {error}") from error
        for line, problem in report.bad:
            self.stderr.write(f"line {line}: {problem}")
        self.stdout.write(str(report))
        if report.bad:
            raise CommandError(f"{len(report.bad)} rows were not taken")
