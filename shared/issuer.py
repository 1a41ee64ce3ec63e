"""The development issuer: tokens for trying Accord out on one machine, without an identity provider."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.actors import NOT_FROM_TOKENS, Role
from shared.clock import now
from shared.issuer_keys import FILE
from shared.once import made_once
from shared.settings import Environment, Settings

ALGORITHM = "Ed25519"
WORKING_DAY = timedelta(hours=8)


class DevelopmentIssuer:
    """Signs tokens that `shared.tokens` accepts in this installation; makes its key when there is none yet.

    Raises:
        ValueError: in production, or where another issuer is configured.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = now) -> None:
        if settings.env is Environment.PRODUCTION:
            raise ValueError("the development issuer does not exist in production; ask the identity provider")
        if settings.jwks:
            raise ValueError("tokens come from the issuer behind ACCORD_JWKS; unset it to use the development issuer")
        self._issuer = settings.issuer
        self._audience = settings.audience
        self._clock = clock
        self._key = OKPKey.import_key(json.loads(made_once(settings.folder / FILE, _new_key)))

    def mint(
        self,
        person: UUID,
        roles: Iterable[Role],
        agencies: Iterable[str],
        valid_for: timedelta = WORKING_DAY,
    ) -> str:
        """Return a token for this person, from now on.

        Raises:
            ValueError: one of the roles is never taken from a token.
        """
        granted = sorted(roles)
        never = [role for role in granted if role in NOT_FROM_TOKENS]
        if never:
            raise ValueError(f"no token gives anybody the role {', '.join(never)}")
        moment = self._clock()
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(person),
            "iat": int(moment.timestamp()),
            "exp": int((moment + valid_for).timestamp()),
            "jti": str(uuid4()),
            "roles": granted,
            "agencies": sorted(agencies),
        }
        header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])


def _new_key() -> bytes:
    key = OKPKey.generate_key("Ed25519", {"alg": ALGORITHM, "use": "sig"}, auto_kid=True)
    return json.dumps(key.as_dict(private=True)).encode()
