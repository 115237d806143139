from llm.models.character import Character
from llm.models.character_picture import CharacterPicture
from llm.models.knowledge import KnowledgeArticle, Language
from llm.models.usage import LLMCall

__all__ = ["Character", "CharacterPicture", "KnowledgeArticle", "LLMCall", "Language"]
