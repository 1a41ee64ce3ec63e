"""How long connections between the gateway and the services last."""

from accord.serving import KEEP_ALIVE_SECONDS, application, server
from gateway.proxy import IDLE_SECONDS
from shared.settings import Settings


def test_a_service_keeps_an_idle_connection_longer_than_the_gateway_does() -> None:
    """Else the gateway sends a request into a connection that is being closed, and cannot know whether it arrived."""
    config = server(application("complaints", Settings())).config

    assert config.timeout_keep_alive == KEEP_ALIVE_SECONDS
    assert KEEP_ALIVE_SECONDS > 2 * IDLE_SECONDS
