"""A language model for tests and benches: a real HTTP server that answers, delays and fails on command."""
