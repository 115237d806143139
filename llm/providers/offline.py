"""The provider that needs no key: answers from the knowledge base, and says so when it cannot."""

from collections.abc import Iterator

from llm.connections import give_back_connections
from llm.knowledge.answering import answer_from_knowledge
from llm.language import guess_language
from llm.providers.base import Capabilities, Event, Finished, TextDelta, Tool, ToolCall
from llm.providers.small_talk import reply_to_small_talk

#: Why it hands over, for the operator's card.
NOT_IN_BASE = {"ru": "этого нет в базе знаний", "en": "it is not in the knowledge base"}
NOT_FOUND = {
    "ru": "К сожалению, ответа на этот вопрос в базе знаний нет.",
    "en": "Sorry, there is no answer to this question in the knowledge base.",
}


class OfflineProvider:
    """Full-text search in place of a language model."""

    name = "offline"
    model = "knowledge"
    capabilities = Capabilities(tools=True, usage=False, streaming=False)

    def stream(self, *, messages: list[dict], tools: list[Tool], deadline: float) -> Iterator[Event]:
        """Yield the surest article, or call the first tool offered (the handoff), or say that nothing was found."""
        said = [message["content"] for message in messages if message["role"] == "user"]
        text, earlier = (said[-1] if said else ""), (said[-2] if len(said) > 1 else "")
        # "ok" alone does not turn a Russian dialogue into an English one.
        language = guess_language(
            text if len(text.split()) > 2 else f"{text} {earlier}", guess_language(earlier)
        )
        small_talk = reply_to_small_talk(text, language)
        known = None if small_talk else answer_from_knowledge(text=text, earlier=earlier, language=language)
        give_back_connections()
        if small_talk or known:
            yield TextDelta(small_talk or known.text)
        elif tools:
            yield ToolCall(tools[0].name, {"reason": NOT_IN_BASE[language]})
        else:
            yield TextDelta(NOT_FOUND[language])
        yield Finished(model=self.model, sources=known.sources if known else [])
