from uuid import uuid4

from sqlalchemy import func, select

from shared.actors import Role
from shared.idempotency import Attempt
from tests.make import AGENCY, make_filing
from tests.rooms import House

FILE = f"/agencies/{AGENCY}/complaints"


def test_a_request_that_is_still_under_way_is_told_to_come_back(house: House) -> None:
    person, key = house.person(Role.INTAKE), str(uuid4())
    headers = {**person.headers, "Idempotency-Key": key}
    lock = Attempt(f"{person.id} {AGENCY}", key, b"").lock

    with house.service("complaints") as client, house.database("complaints") as database:
        with database.engine.begin() as first_attempt:
            first_attempt.execute(select(func.pg_advisory_xact_lock(lock)))
            early = client.post(FILE, json=make_filing(), headers=headers)
        later = client.post(FILE, json=make_filing(), headers=headers)

    assert (early.status_code, early.headers["retry-after"], early.json()["type"]) == (409, "1", "/problems/under-way")
    assert later.status_code == 201
