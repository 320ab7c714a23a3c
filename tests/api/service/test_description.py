"""The OpenAPI document is whole: a stranger's client and a stranger's reader find what they need."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from tests.api.service.doors import Door, doors
from tests.api.service.hall import Hall

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.fixture(scope="module")
def document(hall: Hall) -> dict[str, Any]:
    found: dict[str, Any] = hall.client.get("/v1/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def every(document: dict[str, Any]) -> list[Door]:
    return list(doors(document))


def test_every_operation_says_what_it_does_in_words(every: list[Door]) -> None:
    for door in every:
        told = door.told
        assert told["tags"], door.name
        assert told["summary"], door.name
        assert told["summary"][0].isupper(), door.name
        assert len(told["summary"]) < 120, door.name
        assert told["description"], door.name


def test_operations_have_names_of_their_own(every: list[Door]) -> None:
    names = [door.name for door in every]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() and "v1" not in name for name in names), "a generated client's functions"


def test_every_parameter_is_described_with_an_example_that_fits(every: list[Door]) -> None:
    for door in every:
        for one in door.told["parameters"]:
            where = (door.name, one["name"])
            assert one.get("description"), where
            shown = [one["example"]] if "example" in one else one["schema"].get("examples")
            assert shown, where
            for value in shown:
                jsonschema_rs.validator_for(one["schema"]).validate(value)


def test_every_path_names_its_parameters(every: list[Door]) -> None:
    for door in every:
        named = {one["name"] for one in door.told["parameters"] if one["in"] == "path"}
        assert named == {part[1:-1] for part in door.path.split("/") if part.startswith("{")}, door.name


def test_every_shape_and_member_has_an_example_that_fits(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        assert schema.get("description"), name
        whole = {**schema, "components": document["components"]}
        for value in schema["examples"]:
            jsonschema_rs.validator_for(whole).validate(value)
        for member, told in schema.get("properties", {}).items():
            assert "$ref" in told or told.get("examples"), (name, member)
            for value in told.get("examples", ()):
                jsonschema_rs.validator_for({**told, "components": document["components"]}).validate(value)


def test_every_shape_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    titles = [schema["title"] for schema in document["components"]["schemas"].values()]
    assert len(titles) == len(set(titles)), "a generated client's classes"


def test_every_operation_documents_its_errors_as_problems(every: list[Door]) -> None:
    for door in every:
        answers = door.told["responses"]
        wanted = {"400", "401", "404", "409", "422", "429", "500", "503"}
        if door.rule["where"] != "public":
            wanted.add("403")
        if door.method != "GET":
            wanted.add("413")
        if any(one["name"] == "If-Match" for one in door.told["parameters"]):
            wanted.add("412")
        assert wanted <= set(answers), door.name
        for status, answer in answers.items():
            assert answer["description"], (door.name, status)
            if int(status) >= 400 and (door.name, status) != ("ready", "503"):
                assert answer["content"] == PROBLEM, (door.name, status)


def test_every_operation_documents_what_it_answers(every: list[Door]) -> None:
    for door in every:
        good = {status: one for status, one in door.told["responses"].items() if status[0] == "2"}
        assert good, door.name
        for status, answer in good.items():
            assert status == "204" or answer["content"], (door.name, status)
            for media_type, content in answer.get("content", {}).items():
                assert content.get("schema") or content.get("itemSchema"), (door.name, media_type)


def test_every_post_takes_an_idempotency_key(every: list[Door]) -> None:
    for door in every:
        there = any(one["name"] == "Idempotency-Key" for one in door.told["parameters"])
        assert there == (door.method == "POST"), door.name


def test_an_endpoint_whose_shape_has_no_example_does_not_get_a_description() -> None:
    from api.service.samples import give_samples

    schemas = {"Bare": {"title": "Bare", "type": "object", "properties": {"name": {"type": "string"}}}}
    with pytest.raises(LookupError, match=r"Bare\.name"):
        give_samples(schemas)
