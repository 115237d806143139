from tests.operators.conftest import (  # noqa: F401
    _no_hints,
    held,
    make_held,
    make_phone,
    make_visitor,
    make_waiting,
    operator,
    other_operator,
    other_phone,
    phone,
    visitor,
    waiting,
)
