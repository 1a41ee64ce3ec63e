"""The roads that refuse, through the gateway and from one service to the next."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accord.demo.people import People, Person, meet
from accord.installation import with_addresses
from accord.preparing import prepare
from accord.rooms import NAMES, SERVICES
from accord.serving import servers
from gateway.feed.consumers import feed_reader
from shared.actors import Role
from shared.bus.connect import connect
from shared.clock import now
from shared.db import Database
from shared.issuer import DevelopmentIssuer
from shared.policy import Policy
from shared.relay import Relay
from shared.settings import Settings
from shared.worker import service_reader
from tests.database import embedded_postgres
from tests.journeys.stack import free_ports
from tests.make import AGENCY, make_classification, make_filing, make_findings
from tests.rooms import settings_on

Json = dict[str, Any]
HOME = f"/agencies/{AGENCY}"
CASES = ("complaints", "discipline", "commendations", "reconciliation")
"""What follows the agency in an address; each is another service's."""


@dataclass(frozen=True)
class Town:
    """A running installation whose events move when the test says so."""

    settings: Settings
    client: httpx.Client
    people: People

    def ask(self, person: Person, path: str, body: Json | None = None) -> httpx.Response:
        """Return what the gateway answers to somebody's step, or to their question where there is no body."""
        headers = {"Authorization": f"Bearer {person.token}"}
        if body is None:
            return self.client.get(f"{HOME}/{path}", headers=headers)
        return self.client.post(f"{HOME}/{path}", json=body, headers=headers)

    def done(self, person: Person, path: str, body: Json | None = None) -> Json:
        """Return the case after a step that is taken."""
        answer = self.ask(person, path, body)
        assert answer.is_success, answer.text
        case: Json = answer.json()
        return case

    def complaint(self) -> Json:
        """Return a complaint that was filed and classified, against the accused officer."""
        filed = self.client.post(f"{HOME}/complaints", json=make_filing()).json()
        classified = make_classification(self.people.accused.id)
        return self.done(self.people.intake, f"complaints/{filed['id']}/classification", classified)

    def decided(self, finding: str) -> Json:
        """Return a complaint that was investigated, reviewed and decided with this finding."""
        complaint, people = self.complaint(), self.people
        path = f"complaints/{complaint['id']}"
        self.done(people.commander, f"{path}/assignment", {"investigator_id": str(people.investigator.id)})
        for step, person in (
            ("investigation", people.investigator),
            ("review", people.commander),
            ("decision", people.chief),
        ):
            complaint = self.done(person, f"{path}/{step}", make_findings(complaint, finding))
        return complaint

    def discipline(self) -> list[Json]:
        """Return the discipline cases of the accused officer."""
        path = f"discipline?officer_id={self.people.accused.id}"
        cases: list[Json] = self.done(self.people.chief, path)["cases"]
        return cases

    def heard(self, reference: str) -> list[str]:
        """Return what the public heard of a case, in order."""
        items = self.client.get("/feed.json").json()["items"]
        return [item["_accord"]["type"] for item in reversed(items) if item["_accord"]["reference"] == reference]

    def settle(self) -> None:
        """Send and apply events until there are none left."""
        with ExitStack() as stack:
            bus = stack.enter_context(closing(connect(self.settings)))
            names = (*SERVICES, "gateway")
            databases = {
                name: stack.enter_context(closing(Database(self.settings.postgres, name, connections=3)))
                for name in names
            }
            relays = [Relay(databases[name], bus) for name in SERVICES]
            readers = [
                service_reader(SERVICES[name].consumers, databases[name], bus, Policy.read()) for name in SERVICES
            ]
            readers = [*(one for one in readers if one.topics), feed_reader(databases["gateway"], bus)]
            members = [stack.enter_context(closing(reader.join())) for reader in readers]
            while sum([relay.send() for relay in relays]) + sum(
                [reader.read(member, wait=0.3) for reader, member in zip(readers, members, strict=True)]
            ):
                pass


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, httpx.Client]]:
    """Yield the settings of running servers, without workers, and a client of the gateway."""
    folder: Path = tmp_path_factory.mktemp("town")
    with embedded_postgres() as postgres:
        settings = settings_on(postgres, folder, port=free_ports(len(NAMES)))
        prepare(settings)
        with (
            servers(NAMES, with_addresses(settings)),
            httpx.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=20, trust_env=False) as client,
        ):
            yield settings, client


@pytest.fixture
def town(running: tuple[Settings, httpx.Client]) -> Town:
    """Return the town with new people."""
    settings, client = running
    return Town(settings, client, meet(DevelopmentIssuer(settings)))


def test_only_a_sustained_complaint_opens_a_discipline_case(town: Town) -> None:
    not_sustained = town.decided("not sustained")
    town.settle()

    assert town.heard(not_sustained["public_ref"])[-1] == "complaint.decided.v1"
    assert town.discipline() == []

    town.decided("sustained")
    town.settle()

    assert [case["state"] for case in town.discipline()] == ["opened"]


def test_a_withdrawn_consent_ends_the_process_and_discipline_takes_its_way(town: Town) -> None:
    complaint, liaison = town.decided("sustained"), town.people.liaison
    referral = {"process": "restorative circle", "because": "The family asks to be heard."}
    town.done(liaison, f"complaints/{complaint['id']}/harm-referral", referral)
    town.settle()
    (process,) = [one for one in town.done(liaison, "reconciliation")["processes"] if one["state"] == "referred"]
    path = f"reconciliation/{process['id']}"
    process = town.done(liaison, f"{path}/parties", {"name": "Ana Ruiz"})
    town.done(liaison, f"{path}/screening", {"exclusions": [], "because": "Nothing bars a circle."})
    for party in process["parties"]:
        town.done(liaison, f"{path}/parties/{party['id']}/consent", {})
    town.done(liaison, f"{path}/parties/{process['parties'][-1]['id']}/withdrawal", {})
    town.settle()

    after = town.done(town.people.chief, f"complaints/{complaint['id']}")
    assert (after["state"], after["harm_agreed"]) == (complaint["state"], False)
    assert [case["state"] for case in town.discipline()] == ["opened"]
    assert town.heard(process["public_ref"]) == [
        "reconciliation.referred.v1",
        "reconciliation.screened.v1",
        "reconciliation.declined.v1",
    ]


Refused = Callable[[Town], tuple[Person, str, Json]]


def by_the_wrong_role(town: Town) -> tuple[Person, str, Json]:
    return town.people.accused, f"complaints/{town.complaint()['id']}/assignment", {"investigator_id": str(uuid4())}


def in_the_wrong_state(town: Town) -> tuple[Person, str, Json]:
    return town.people.chief, f"complaints/{town.complaint()['id']}/closure", {"because": "Enough."}


def by_whoever_is_accused(town: Town) -> tuple[Person, str, Json]:
    body = {"investigator_id": str(town.people.accused.id)}
    return town.people.commander, f"complaints/{town.complaint()['id']}/assignment", body


def for_oneself(town: Town) -> tuple[Person, str, Json]:
    nomination = {
        "officer_id": str(town.people.praised.id),
        "award": "community-service",
        "criterion": "commitment to community trust and engagement",
        "deed_on": (now() - timedelta(days=3)).date().isoformat(),
        "statement": "I was there.",
    }
    return town.people.praised, "commendations", nomination


@pytest.mark.parametrize(
    ("refused", "status", "words"),
    [
        (by_the_wrong_role, 403, "This takes one of the roles commander."),
        (
            in_the_wrong_state,
            409,
            "A complaint that is classified cannot be taken through 'close'; from here: assign",
        ),
        (by_whoever_is_accused, 409, "Whoever is accused in a complaint cannot investigate it; assign somebody else."),
        (for_oneself, 409, "Nobody nominates themselves; ask a colleague or a supervisor to nominate you."),
    ],
)
def test_a_step_is_refused_through_the_gateway_in_the_services_own_words(
    town: Town, refused: Refused, status: int, words: str
) -> None:
    person, path, body = refused(town)

    answer = town.ask(person, path, body)

    first, *_ = answer.json()["detail"].split(", ")
    assert (answer.status_code, first) == (status, words)


def expired(settings: Settings) -> str:
    return DevelopmentIssuer(settings, lambda: now() - timedelta(hours=9)).mint(uuid4(), [Role.ADJUDICATOR], [AGENCY])


def of_another_issuer(settings: Settings) -> str:
    elsewhere = settings.model_copy(update={"issuer": "https://id.example.evil"})
    return DevelopmentIssuer(elsewhere).mint(uuid4(), [Role.ADJUDICATOR], [AGENCY])


def with_another_key(settings: Settings) -> str:
    elsewhere = settings.model_copy(update={"folder": settings.folder / "elsewhere"})
    return DevelopmentIssuer(elsewhere).mint(uuid4(), [Role.ADJUDICATOR], [AGENCY])


def unsigned(settings: Settings) -> str:
    _, claims, _ = DevelopmentIssuer(settings).mint(uuid4(), [Role.ADJUDICATOR], [AGENCY]).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).decode().rstrip("=")
    return f"{header}.{claims}."


def for_another_agency(settings: Settings) -> str:
    return DevelopmentIssuer(settings).mint(uuid4(), [Role.ADJUDICATOR], ["lansing-mi"])


@pytest.mark.parametrize(
    ("made", "status", "words"),
    [
        (expired, 401, "The token expired at "),
        (of_another_issuer, 401, "The token comes from another issuer; "),
        (with_another_key, 401, "The token's key is not one of the identity provider's; "),
        (unsigned, 401, "The token must be signed with ES256 or EdDSA; "),
        (for_another_agency, 403, "Your token is not for the agency 'rivertown'."),
    ],
)
@pytest.mark.parametrize("cases", CASES)
def test_a_token_that_proves_nothing_opens_nothing_at_any_service(
    town: Town, cases: str, made: Callable[[Settings], str], status: int, words: str
) -> None:
    headers = {"Authorization": f"Bearer {made(town.settings)}"}

    answer = town.client.get(f"{HOME}/{cases}", headers=headers)

    assert answer.status_code == status
    assert answer.json()["detail"].startswith(words), answer.json()
