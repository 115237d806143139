from llm.models.character import Character
from llm.models.knowledge import KnowledgeArticle, Language
from llm.models.usage import LLMCall

__all__ = ["Character", "KnowledgeArticle", "LLMCall", "Language"]
