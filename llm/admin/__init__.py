from llm.admin.calls import LLMCallAdmin
from llm.admin.characters import CharacterAdmin
from llm.admin.knowledge import KnowledgeArticleAdmin

__all__ = ["CharacterAdmin", "KnowledgeArticleAdmin", "LLMCallAdmin"]
