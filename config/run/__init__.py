"""`make run`: everything on one machine, in one terminal, until Ctrl-C."""
