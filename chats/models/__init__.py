from chats.models.contact import Contact
from chats.models.conversation import Conversation
from chats.models.delivery import Delivery
from chats.models.message import Message
from chats.models.popular_question import PopularQuestion

__all__ = ["Contact", "Conversation", "Delivery", "Message", "PopularQuestion"]
