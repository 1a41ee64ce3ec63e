"""The development issuer: one key per folder, tokens for a working day, and none of it in production."""

import json
import stat
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import pytest

from shared.actors import NOT_FROM_TOKENS, Role
from shared.errors import Unauthenticated
from shared.issuer import DevelopmentIssuer
from shared.issuer_keys import IssuerAwayError
from shared.settings import Environment, Settings
from shared.tokens import Verifier

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PERSON = UUID("5f0c4a3e-2d52-4d1c-9c5e-0a7a4b1f9d11")


def at_noon() -> datetime:
    return NOON


def verifier_at(moment: datetime, settings: Settings) -> Verifier:
    return Verifier.of(settings, lambda: moment)


def token_of(folder: Path) -> str:
    return DevelopmentIssuer(Settings(folder=folder)).mint(PERSON, [], [])


def test_a_minted_token_is_believed_here(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path / "new" / "folder", issuer="urn:somebody:else", audience="accord-2")
    issuer = DevelopmentIssuer(settings, at_noon)
    token = issuer.mint(PERSON, {Role.INTAKE, Role.AUDITOR}, {"springfield", "shelbyville"})
    actor = Verifier.of(settings, at_noon).verify(token)
    assert actor.id == PERSON
    assert actor.roles == {Role.INTAKE, Role.AUDITOR}
    assert actor.agencies == {"springfield", "shelbyville"}
    assert UUID(actor.token_id).version == 4


def test_a_minted_token_lasts_a_working_day_or_as_long_as_asked(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path)
    issuer = DevelopmentIssuer(settings, at_noon)
    for token, hours in ((issuer.mint(PERSON, [], []), 8), (issuer.mint(PERSON, [], [], timedelta(hours=1)), 1)):
        end = NOON + timedelta(hours=hours)
        assert verifier_at(end - timedelta(seconds=1), settings).verify(token).id == PERSON
        with pytest.raises(Unauthenticated, match=f"^The token expired at 2026-03-02 {12 + hours}:00 UTC; "):
            verifier_at(end + timedelta(seconds=30), settings).verify(token)


def test_a_token_of_another_installation_is_refused(tmp_path: Path) -> None:
    token = token_of(tmp_path / "there")
    token_of(tmp_path / "here")
    with pytest.raises(Unauthenticated, match="not one of the identity provider's"):
        Verifier.of(Settings(folder=tmp_path / "here")).verify(token)


def test_the_key_is_made_once_and_readable_to_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path)
    DevelopmentIssuer(settings)
    file = tmp_path / "issuer.json"
    made = file.read_bytes()
    DevelopmentIssuer(settings)
    assert file.read_bytes() == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert "d" in json.loads(made)


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, get_context("spawn")) as processes:
        minted = list(processes.map(token_of, [tmp_path] * 4))
    checks = Verifier.of(Settings(folder=tmp_path))
    assert [checks.verify(token).id for token in minted] == [PERSON] * 4
    assert [path.name for path in tmp_path.iterdir()] == ["issuer.json"]


def test_whoever_makes_the_key_second_takes_the_first_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = token_of(tmp_path)
    with monkeypatch.context() as before_the_first:
        before_the_first.setattr(Path, "exists", lambda _: False)
        second = token_of(tmp_path)
    checks = Verifier.of(Settings(folder=tmp_path))
    assert checks.verify(first).id == checks.verify(second).id == PERSON
    assert [path.name for path in tmp_path.iterdir()] == ["issuer.json"]


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"kty": "OKP", "crv": "Ed25519", "kid": "x"}'])
def test_without_a_key_of_the_development_issuer_nothing_can_be_said(tmp_path: Path, content: str | None) -> None:
    token = token_of(tmp_path / "there")
    if content is not None:
        (tmp_path / "issuer.json").write_text(content)
    with pytest.raises(IssuerAwayError, match=r"^The development issuer has no key yet; start it with `accord up`.$"):
        Verifier.of(Settings(folder=tmp_path)).verify(token)


def test_the_verifier_keeps_no_private_key(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path)
    DevelopmentIssuer(settings)
    found = Verifier.of(settings).keys.find(json.loads((tmp_path / "issuer.json").read_bytes())["kid"])
    assert found is not None
    assert not found.is_private


@pytest.mark.parametrize("role", sorted(NOT_FROM_TOKENS))
def test_no_token_is_minted_for_a_role_that_tokens_do_not_give(tmp_path: Path, role: Role) -> None:
    with pytest.raises(ValueError, match=f"^no token gives anybody the role {role}$"):
        DevelopmentIssuer(Settings(folder=tmp_path)).mint(PERSON, [Role.INTAKE, role], [])


def test_there_is_no_development_issuer_in_production(tmp_path: Path) -> None:
    settings = Settings(
        env=Environment.PRODUCTION,
        folder=tmp_path,
        issuer="https://id.example",
        jwks="https://id.example/keys",
        postgres="postgresql://database.example",
        vault_key=Path("key"),
        files=Path("files"),
        log="records.example/log",
    )
    with pytest.raises(ValueError, match=r"^the development issuer does not exist in production; "):
        DevelopmentIssuer(settings)
    assert list(tmp_path.iterdir()) == []


def test_there_is_no_development_issuer_beside_another_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^tokens come from the issuer behind ACCORD_JWKS; "):
        DevelopmentIssuer(Settings(folder=tmp_path, jwks="https://id.example/keys"))
    assert list(tmp_path.iterdir()) == []
