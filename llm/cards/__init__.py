"""Character Card V2: characters made elsewhere come in as JSON or as a PNG that carries it.

https://github.com/malfoyslastname/character-card-spec-v2
"""

from llm.cards.importing import import_card
from llm.cards.reading import BadCard

__all__ = ["BadCard", "import_card"]
