"""What an operator may choose, read once at start and passed down.

Nothing else in the house reads the environment. Every field is set by ``ACCORD_<FIELD>``.
"""

import re
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where this installation runs; production refuses every convenience of development."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


RATE = r"^[1-9][0-9]{0,8}/[1-9][0-9]{0,5}$"
"""Requests / seconds."""

DEVELOPMENT_ISSUER = "urn:accord:development"
DEVELOPMENT_LOG = "accord.localhost/log"


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

    files: Path | None = Field(None, description="folder of the files that are handed in; by default in `folder`")
    max_file_size: int = Field(100_000_000, gt=0, description="largest file that is taken, in bytes")
    mail: str = Field(
        "", description="URL of a mail server, smtps://user:password@host; without one development writes files"
    )
    mail_from: str = Field("accord@localhost", description="the address that letters by e-mail come from")
    mail_plain: bool = Field(
        default=False, description="talk with an smtp:// server without TLS, on a network that nobody else can reach"
    )

    log: str = Field(
        DEVELOPMENT_LOG,
        pattern=r"^[^\s+]{1,200}$",
        description="the name of the log; as others find it, without https://, such as records.example.org/log",
    )
    log_key: Path | None = Field(None, description="file with the keys that sign the log; by default in `folder`")
    log_folder: Path | None = Field(
        None, description="where the last checkpoint is kept a second time; by default in `folder`"
    )
    log_witnesses: str = Field(
        "", description="keys of the witnesses whose cosignatures are shown, with spaces between"
    )

    max_body_size: int = Field(1_000_000, gt=0, description="largest request body, in bytes")
    bind: str = Field("127.0.0.1", description="address that servers listen on")
    port: int = Field(8000, gt=0, lt=65530, description="the gateway's port; the services use the ports after it")
    services: dict[str, str] = Field(default_factory=dict, description="service name to base URL, for the gateway")
    body_seconds: float = Field(10.0, gt=0, description="how long the next part of a request's body may take")
    rates: dict[Literal["reading", "asking", "filing", "codes"], Annotated[str, Field(pattern=RATE)]] = Field(
        default_factory=dict, description="requests/seconds that one caller may ask of the gateway, by what they do"
    )
    proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="networks of the reverse proxies before the gateway, whose word on a caller's address is taken"
    )
    proxies_say: Literal["x-forwarded-for", "forwarded"] = Field(
        "x-forwarded-for", description="the header in which those proxies say it; they must set or extend it themselves"
    )

    @field_validator("kafka")
    @classmethod
    def names_a_broker(cls, kafka: str) -> str:
        """Refuse what is not host:port, or several of them with commas between."""
        if kafka and not all(re.fullmatch(r"[^\s,]+:\d{1,5}", one) for one in kafka.split(",")):
            raise ValueError(f"{kafka!r} is no broker; it looks like localhost:9092")
        return kafka

    @field_validator("mail")
    @classmethod
    def names_a_mail_server(cls, mail: str) -> str:
        """Refuse what is no URL of a mail server, without saying it: it may hold a password."""
        if mail and not re.fullmatch(r"smtps?://([^@/\s]+@)?[^@:/\s]+(:\d{1,5})?/?", mail):
            raise ValueError("this is no mail server; it looks like smtps://user:password@mail.example.org:465")
        return mail

    @field_validator("mail_from")
    @classmethod
    def is_one_address(cls, mail_from: str) -> str:
        """Refuse what letters cannot come from."""
        if not re.fullmatch(r"[!#-'*+/-9=?^-~-]+(\.[!#-'*+/-9=?^-~-]+)*@[A-Za-z0-9.-]+", mail_from):
            raise ValueError(f"{mail_from!r} is no address of e-mail")
        return mail_from

    @model_validator(mode="after")
    def production_takes_no_defaults(self) -> Self:
        """Refuse production with the development issuer, the development vault key, or data in development's folder."""
        if self.env is not Environment.PRODUCTION:
            return self
        wrong = [
            name
            for name, missing in {
                "ACCORD_JWKS": not self.jwks,
                "ACCORD_ISSUER": self.issuer == DEVELOPMENT_ISSUER,
                "ACCORD_POSTGRES": not self.postgres,
                "ACCORD_VAULT_KEY": self.vault_key is None,
                "ACCORD_FILES": self.files is None,
                "ACCORD_LOG": self.log == DEVELOPMENT_LOG,
            }.items()
            if missing
        ]
        if wrong:
            raise ValueError(f"production does not start with development's defaults: set {', '.join(wrong)}")
        return self
