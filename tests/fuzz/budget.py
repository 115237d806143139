"""How much is tried: a little and always the same in `make test`, much more and always new in `make fuzz`."""

import os

from hypothesis import HealthCheck, settings

#: `make fuzz` sets it: how many times as many examples are tried.
FACTOR = int(os.environ.get("FUZZ_FACTOR", "1"))


def bounded(examples: int, **more) -> settings:
    """The settings of one test that tries so many examples in `make test`."""
    return settings(
        max_examples=examples * FACTOR,
        deadline=None,  # the machine may be busy
        derandomize=FACTOR == 1,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        **more,
    )
