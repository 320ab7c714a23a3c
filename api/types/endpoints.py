"""Certificate types over HTTP: what there is, its schemas and list templates, and proposals for more."""

from __future__ import annotations

import tempfile
from pathlib import Path as File
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau, public
from api.service.context import Service
from api.service.routes import Caller, Here, ServiceRoute, about, bytes_of, ruled
from api.service.shapes import Bureau, Number
from api.types.schemas import (
    AnswerView,
    Definitions,
    DefinitionView,
    FieldView,
    OwnType,
    OwnTypes,
    ProposalRequest,
    Proposals,
    ProposalView,
    RetireRequest,
    TypeDetail,
    Types,
    TypeView,
)
from api.types.service import is_definition, propose_type, recall_type, retire_type, type_act, type_acts_of
from chain.catalogue import SHIPPED, CertificateType, schema_of
from chain.catalogue.lists.template import write_template
from chain.kernel.canonical import canonical

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["types"])

_Name = Annotated[
    str, Path(min_length=2, max_length=64, description="type, by slug or code", examples=["business-licence"])
]
_Version = Annotated[int | None, Query(ge=1, le=999, description="the newest active one if none", examples=[1])]
_PROPOSING = in_bureau(Role.OFFICER, scope=Scope.TYPES, noted=True, repeats=True)
_LOOKING = in_bureau(Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR, scope=Scope.TYPES)
_RECALL_WAIT = 10.0
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/types", **ruled(public()))
def list_shipped_types() -> Types:
    """The types that ship with the toolkit."""
    return Types(items=[TypeView.of(kind, SHIPPED) for kind in SHIPPED.every()])


@router.get("/own-types", **ruled(public()))
def list_own_types(service: Here) -> OwnTypes:
    """The types that bureaus of this service defined themselves, for whoever asks a holder for their fields."""
    items = []
    for bureau in service.bureaus:
        office = service.office(bureau)
        own = {act.code for act in type_acts_of(office) if is_definition(act)}
        if not own:
            continue
        facts, _ = service.facts(bureau)
        catalogue = office.catalogue
        for kind in (catalogue.versions(code)[-1] for code in sorted(own)):
            items.append(
                OwnType(
                    bureau=bureau,
                    bureau_name=None if facts is None else facts.name,
                    code=kind.code,
                    version=kind.version,
                    zh=kind.zh,
                    en=kind.en,
                    fields=_fields(kind),
                    answers=[AnswerView(name=one.name, zh=one.zh, en=one.en) for one in kind.derived],
                )
            )
    return OwnTypes(items=items)


@router.get("/bureaus/{bureau}/types", **ruled(public()))
def list_types(service: Here, bureau: Bureau) -> Types:
    """The types a bureau may issue under, shipped and its own, each in every version."""
    catalogue = service.office(bureau).catalogue
    return Types(items=[TypeView.of(kind, catalogue) for kind in catalogue.every()])


@router.get("/bureaus/{bureau}/types/{name}", **ruled(public()))
def show_type(service: Here, bureau: Bureau, name: _Name, version: _Version = None) -> TypeDetail:
    """One version of a type, with its fields."""
    kind = _find(service, bureau, name, version)
    shown: TypeDetail = TypeDetail.of(kind, service.office(bureau).catalogue, fields=_fields(kind))
    return shown


@router.get("/bureaus/{bureau}/types/{name}/definitions", **ruled(public()))
def list_definitions(service: Here, bureau: Bureau, name: _Name) -> Definitions:
    """The definitions of a type that the bureau anchored, byte for byte, for verifiers."""
    office = service.office(bureau)
    kind = office.catalogue.versions(name)[-1]
    acts = [act for act in type_acts_of(office, code=kind.code) if is_definition(act)]
    return Definitions(
        items=[
            DefinitionView(version=act.version, sequence=act.sequence, document=act.document.decode())
            for act in sorted(acts, key=lambda act: act.version)
            if act.sequence is not None
        ]
    )


@router.get("/bureaus/{bureau}/types/{name}/schema", **ruled(public()))
def show_schema(
    service: Here,
    bureau: Bureau,
    name: _Name,
    version: _Version = None,
    form: Annotated[
        Literal["certificate", "row"], Query(description="what it describes", examples=["row"])
    ] = "certificate",
) -> dict[str, Any]:
    """JSON Schema (2020-12) of a certificate's fields, or of a row to be issued."""
    return schema_of(_find(service, bureau, name, version), form)


@router.get(
    "/bureaus/{bureau}/types/{name}/template",
    response_class=Response,
    **ruled(public(), responses=bytes_of(_XLSX, "text/csv")),
)
def show_template(
    service: Here,
    bureau: Bureau,
    name: _Name,
    version: _Version = None,
    form: Annotated[Literal["xlsx", "csv"], Query(description="kind of file", examples=["xlsx"])] = "xlsx",
) -> Response:
    """An empty list to fill in, with explanations in Chinese and English. 名单模板."""
    kind = _find(service, bureau, name, version)
    with tempfile.TemporaryDirectory(prefix="yinxin-template-") as folder:
        file = File(folder) / f"template.{form}"
        write_template(kind, file)
        data = file.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{kind.slug}-{kind.version}.{form}"'}
    return Response(data, media_type=_XLSX if form == "xlsx" else "text/csv", headers=headers)


def _fields(kind: CertificateType) -> list[FieldView]:
    return [
        FieldView(name=one.name, zh=one.zh, en=one.en, kind=one.kind, required=one.required, source=one.source)
        for one in kind.fields
    ]


def _find(service: Service, bureau: str, name: str, version: int | None) -> CertificateType:
    return service.office(bureau).catalogue.find(name, version)


# --------------------------------------------------------------------------- proposals


@router.get("/bureaus/{bureau}/type-proposals", **ruled(_LOOKING))
def list_proposals(service: Here, bureau: Bureau) -> Proposals:
    """Proposals for types, newest first."""
    return Proposals(items=[ProposalView.of(act) for act in type_acts_of(service.office(bureau))])


@router.post("/bureaus/{bureau}/type-proposals", status_code=202, **ruled(_PROPOSING))
def propose(request: Request, service: Here, caller: Caller, bureau: Bureau, body: ProposalRequest) -> ProposalView:
    """Propose a type, or the next version of one. It is in force once a second person approved and it is anchored."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    proposed = propose_type(office, canonical(body.definition), reason=body.reason)
    about(request, f"type proposal {proposed.act}")
    return ProposalView.of(type_act(office, proposed.act), proposed.changes)


@router.post("/bureaus/{bureau}/types/{name}/retire", status_code=202, **ruled(_PROPOSING))
def retire(
    request: Request, service: Here, caller: Caller, bureau: Bureau, name: _Name, body: RetireRequest
) -> ProposalView:
    """Ask that nothing more be issued or renewed under a version. It waits for a second person."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    proposed = retire_type(office, name, body.version, reason=body.reason)
    about(request, f"type proposal {proposed.act}")
    return ProposalView.of(type_act(office, proposed.act), proposed.changes)


@router.get("/bureaus/{bureau}/type-proposals/{number}", **ruled(_LOOKING))
def show_proposal(service: Here, bureau: Bureau, number: Number) -> ProposalView:
    """One proposal."""
    return ProposalView.of(type_act(service.office(bureau), number))


@router.post("/bureaus/{bureau}/type-proposals/{number}/recall", **ruled(_PROPOSING))
def recall(request: Request, service: Here, caller: Caller, bureau: Bureau, number: Number) -> ProposalView:
    """Take a proposal back that is not signed yet."""
    about(request, f"type proposal {number}")
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    with office.writing():
        return ProposalView.of(recall_type(office, number, wait=_RECALL_WAIT))
