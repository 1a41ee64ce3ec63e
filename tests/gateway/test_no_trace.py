"""Of somebody who complains anonymously no address, browser or other trace is stored, logged, traced or passed on."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from accord.rooms import SERVICES
from gateway.main import create_gateway
from shared.app import create_app
from shared.relay import Relay
from tests.gateway.conftest import Feed
from tests.gateway.servers import serving
from tests.make import make_filing
from tests.rooms import House
from tests.shared.plumbing import send_all
from tests.traces import ADDRESS, COMPLAINTS, NAME, NARRATIVE, PORT, TRACES, everything_stored, sentinels_in, spelled


@dataclass
class Anonymous:
    """Somebody in front of the gateway, seen as clearly as a browser and a chain of proxies show them."""

    client: TestClient

    def files(self) -> Response:
        """File a complaint, and a second one by the web form."""
        form = {"narrative": NARRATIVE, "officer": ["tall"]}
        assert self.client.post(f"{COMPLAINTS}/form", data=form).status_code == 201
        filing = make_filing(narrative=NARRATIVE, affected=[{"name": NAME}])
        return self.client.post(COMPLAINTS, json=filing, headers={"Idempotency-Key": "sentinel-proxy-0123456789"})

    def tries_everything(self) -> list[int]:
        """File and track complaints, also wrongly, and return what the answers said."""
        filed = self.files()
        code = {"Receipt-Code": filed.json()["receipt_code"]}
        wrong = {"Receipt-Code": "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF"}
        get, post = self.client.get, self.client.post
        answers = [
            filed,
            get(f"{COMPLAINTS}/track", headers=code),
            *(get(f"{COMPLAINTS}/track", headers=wrong) for _ in range(12)),
            post(COMPLAINTS, json=make_filing(categories=["sorcery"])),
            post(COMPLAINTS, content=b"{"),
            get(f"{COMPLAINTS}/{filed.json()['id']}", headers={"Authorization": "Bearer nonsense"}),
            get("/nowhere"),
            post(f"{COMPLAINTS}/track/withdrawal", json={"because": "We talked."}, headers=code),
        ]
        return [answer.status_code for answer in answers]


@pytest.fixture
def anonymous(house: House) -> Iterator[Anonymous]:
    """Yield somebody in front of a gateway before a running service."""
    with serving(create_app(SERVICES["complaints"], house.settings)) as address:
        settings = house.settings.model_copy(update={"services": dict.fromkeys(SERVICES, address)})
        with TestClient(create_gateway(settings), client=(ADDRESS, PORT), headers=TRACES) as client:
            yield Anonymous(client)


def test_an_anonymous_person_leaves_no_trace(
    house: House, feed: Feed, anonymous: Anonymous, spans: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answers = anonymous.tries_everything()
        with house.database("complaints") as database:
            send_all(Relay(database, feed.bus))
        feed.tell()

    assert answers == [201, 200, *[404] * 10, 429, 429, 422, 422, 401, 404, 200]
    stored = everything_stored(house.settings)
    observed = "\n".join(span.to_json() for span in spans.get_finished_spans())
    logged = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert spelled(stored, NARRATIVE), "the search finds what is there"
    assert "complaint.received.v1" in stored.split("bus_record: ", 1)[1], "the topics were searched too"
    assert "/agencies/rivertown/complaints" in observed
    assert (sentinels_in(stored), sentinels_in(observed), sentinels_in(logged)) == ([], [], [])
    assert not spelled(stored + observed + logged, NAME)
    assert NARRATIVE not in observed + logged
