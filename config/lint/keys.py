"""The keys of the services that this desk speaks to, for detect-secrets, which does not know their newer forms."""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class ModelKeyDetector(RegexBasedDetector):
    """OpenAI and those who took over its form (OpenRouter), Yandex Cloud's API keys and OAuth tokens."""

    secret_type = "Key of a language model"  # noqa: S105 - what it is called

    denylist = [
        re.compile(r"\bsk-(?:proj-|or-v1-|svcacct-)?[A-Za-z0-9_-]{32,}\b"),
        re.compile(r"\bAQVN[A-Za-z0-9_-]{34,38}\b"),
        re.compile(r"\by[0-3]_[A-Za-z0-9_-]{55,}\b"),
    ]
