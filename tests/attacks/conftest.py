from tests.operators.conftest import (  # noqa: F401
    held,
    make_held,
    make_phone,
    make_visitor,
    make_waiting,
    operator,
    other_phone,
    phone,
)
from tests.telegram.conftest import post_update  # noqa: F401
