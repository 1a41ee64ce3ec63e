"""What an operator may choose, read once at start and passed down.

Nothing else in the house reads the environment. Every field is set by ``ACCORD_<FIELD>``.
"""

import re
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where this installation runs; production refuses every convenience of development."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


DEVELOPMENT_ISSUER = "urn:accord:development"


class Settings(BaseSettings):
    """One installation's choices.

    Raises:
        ValidationError: a value is missing or wrong, or production was asked for with a setting of development.
    """

    model_config = SettingsConfigDict(env_prefix="ACCORD_", extra="ignore", frozen=True)

    env: Environment = Environment.DEVELOPMENT
    folder: Path = Field(Path(".accord"), description="where embedded data and development keys are kept")

    postgres: str = Field("", description="URL of the server for the application role, without a database name")
    postgres_owner: str = Field("", description="URL of the server for the role that owns the tables; migrations only")
    kafka: str = Field("", description="bootstrap server, host:port; empty for the bus that lives in PostgreSQL")

    issuer: str = Field(DEVELOPMENT_ISSUER, description="the `iss` that tokens must carry")
    audience: str = Field("accord", description="the `aud` that tokens must carry")
    jwks: str = Field("", description="URL of the issuer's keys; empty for the local development issuer")
    jwks_plain_http: bool = Field(
        default=False, description="take the issuer's keys over plain http, on a network that nobody else can reach"
    )

    policy: Path | None = Field(None, description="folder of policy packs that replaces the shipped one")
    vault_key: Path | None = Field(None, description="file with the key that wraps the key of each case")

    max_body_size: int = Field(1_000_000, gt=0, description="largest request body, in bytes")
    bind: str = Field("127.0.0.1", description="address that servers listen on")
    port: int = Field(8000, gt=0, lt=65530, description="the gateway's port; the services use the ports after it")
    services: dict[str, str] = Field(default_factory=dict, description="service name to base URL, for the gateway")

    @field_validator("kafka")
    @classmethod
    def names_a_broker(cls, kafka: str) -> str:
        """Refuse what is not host:port, or several of them with commas between."""
        if kafka and not all(re.fullmatch(r"[^\s,]+:\d{1,5}", one) for one in kafka.split(",")):
            raise ValueError(f"{kafka!r} is no broker; it looks like localhost:9092")
        return kafka

    @model_validator(mode="after")
    def production_takes_no_defaults(self) -> Self:
        """Refuse production with the development issuer, the development vault key or embedded data."""
        if self.env is not Environment.PRODUCTION:
            return self
        wrong = [
            name
            for name, missing in {
                "ACCORD_JWKS": not self.jwks,
                "ACCORD_ISSUER": self.issuer == DEVELOPMENT_ISSUER,
                "ACCORD_POSTGRES": not self.postgres,
                "ACCORD_VAULT_KEY": self.vault_key is None,
            }.items()
            if missing
        ]
        if wrong:
            raise ValueError(f"production does not start with development's defaults: set {', '.join(wrong)}")
        return self
