"""Faults on purpose: the real processes are killed at random moments while visitors and operators talk.

`make chaos` runs it; `bench/results/chaos.md` is what the last committed run said. A short run is among the tests.
"""
