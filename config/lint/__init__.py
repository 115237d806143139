"""What `make lint` checks beside ruff and the direction of imports."""
