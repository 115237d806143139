"""What each bot does with an update: parse, one domain call, respond through the outbox."""
