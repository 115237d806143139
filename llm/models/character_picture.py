"""The picture of an imported character: in the database, so that every web server has it."""

from django.db import models


class CharacterPicture(models.Model):
    """A PNG that came with a character card, without whatever else was in its file."""

    character = models.OneToOneField("llm.Character", models.CASCADE, related_name="imported_picture")
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.character}: {len(self.content)}"
