"""The messages API: the request itself waits for the answer and reads it; nothing is sent."""

from chats.channels.base import Channel


class ApiChannel(Channel):
    purpose = "api"
    answers_together = False
    answers_in_request = True
    answer_attempts = 1
    says_when_it_fails = False
