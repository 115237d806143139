from operators.models.card import Card
from operators.models.handoff import Handoff
from operators.models.operator import Operator
from operators.models.operator_text import OperatorText

__all__ = ["Card", "Handoff", "Operator", "OperatorText"]
