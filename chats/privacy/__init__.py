"""What is known of a visitor: handed over, erased, or forgotten after RETENTION_DAYS.

Each app answers for its own tables: settings.PRIVACY_PARTS names a module of each (see chats.privacy.parts).
"""

from chats.privacy.erasing import erase_person
from chats.privacy.exporting import export_person
from chats.privacy.person import Person, find_person
from chats.privacy.retention import forget_old

__all__ = ["Person", "erase_person", "export_person", "find_person", "forget_old"]
