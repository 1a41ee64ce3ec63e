"""What recognition does when another service speaks."""

from shared.inbox import Consumers

CONSUMERS = Consumers()
