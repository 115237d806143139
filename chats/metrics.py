"""What the engine counts for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter("switchboard_messages_accepted", "Messages stored", ["channel", "author"])
ANSWERS = Counter(
    "switchboard_answers", "Turns of the bot by outcome: answered, handed_over, too_late, failed", ["outcome"]
)
ANSWER_SECONDS = Histogram(
    "switchboard_answer_seconds",
    "From the visitor's message to the bot's answer",
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120),
)
DELIVERIES = Counter(
    "switchboard_deliveries", "Attempts to send: sent, retried, failed", ["channel", "outcome"]
)
HANDOFFS = Counter("switchboard_handoffs_requested", "Calls for a human, by reason", ["reason"])
OPEN_STREAMS = Gauge("switchboard_open_streams", "Open event streams", multiprocess_mode="livesum")
