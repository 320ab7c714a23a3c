"""``yinxin type``: certificate types, shipped and the bureau's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from api.certificates.office import Office
from api.cli.shared import DEFAULT_WAIT, Wait, office_of
from api.db import exists, register_address
from api.types.service import (
    TypeAct,
    introduce_types,
    open_types,
    propose_type,
    recall_type,
    retire_type,
    run_type,
    type_act,
    type_acts_of,
    types_of,
)
from chain.catalogue import SHIPPED, Catalogue, CertificateType, schema_of
from chain.catalogue.lists.template import write_template
from chain.cli.common import CANNOT_TELL, YES, emit, read_named, state
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.home import write_atomically

type_app = typer.Typer(
    help="Certificate types: list, propose, approve by a second person, retire.", no_args_is_help=True
)

_Name = Annotated[str, typer.Argument(help="type, by name or code", metavar="TYPE")]
_Version = Annotated[int | None, typer.Option("--version", help="version; the newest active one if not given")]
_Out = Annotated[Path | None, typer.Option("--out", help="write it to this file")]
_Act = Annotated[int, typer.Argument(help="number of the proposal", metavar="NUMBER")]


class _Form(StrEnum):
    certificate = "certificate"
    row = "row"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(type_app, name="type")


def _has_register(ctx: typer.Context) -> bool:
    return exists(register_address(state(ctx).home))


@contextmanager
def _catalogue(ctx: typer.Context) -> Iterator[Catalogue]:
    """That of the home's register; the shipped types where there is none."""
    if not _has_register(ctx):
        yield SHIPPED
        return
    with office_of(ctx) as office:
        yield types_of(office)


@type_app.command("list")
def list_types(ctx: typer.Context) -> None:
    """Show every version of every type, and proposals that are not finished."""
    acts: list[TypeAct] = []
    with _catalogue(ctx) as catalogue:
        kinds = [_shown(kind, catalogue) for kind in catalogue.every()]
    if _has_register(ctx):
        with office_of(ctx) as office:
            acts = [type_act(office, number) for number in open_types(office)]
    states = {True: "active ", False: "retired"}
    lines = [
        f"{item['code']}  {item['version']:>3}  {states[item['active']]}  {item['zh']}  {item['slug']}"
        for item in kinds
    ]
    lines += [f"proposal {act.id}: {act.action} {act.code} version {act.version}, {act.state}" for act in acts]
    emit(ctx, {"types": kinds, "proposals": [_act(act) for act in acts]}, Text("\n".join(lines)))


@type_app.command("show")
def show_type(ctx: typer.Context, name: _Name, version: _Version = None, out: _Out = None) -> None:
    """Show one version: fields, answers, face; --out writes the definition of one of the bureau's own."""
    with _catalogue(ctx) as catalogue:
        kind = catalogue.find(name, version) if version is not None else catalogue.versions(name)[-1]
        data = _shown(kind, catalogue) | {"fields": [_field(kind, one.name) for one in kind.fields]}
    acts: list[TypeAct] = []
    if _has_register(ctx):
        with office_of(ctx) as office:
            acts = type_acts_of(office, code=kind.code)
    data["history"] = [_act(act) for act in acts]
    if out is not None:
        own = [act for act in acts if (act.action, act.version, act.state) == ("approve", kind.version, "active")]
        if not own:
            raise InvalidInput(
                f"{kind.slug} version {kind.version} ships with the toolkit",
                code="type.shipped",
                field="--out",
                fix="find its file in chain/catalogue/types",
            )
        write_atomically(out, own[0].document, mode=0o644)
    head = f"{kind.zh} {kind.en}  {kind.code}  version {kind.version}"
    lines = [f"  {one['zh']} {one['en']}  {one['name']}  {one['kind']}" for one in data["fields"]]
    emit(ctx, data, Text("\n".join([head, *lines])))


@type_app.command("propose")
def propose(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="definition, JSON (docs/catalogue.md)", metavar="FILE")],
    reason: Annotated[str, typer.Option(help="the second person reads it")] = "",
    wait: Wait = DEFAULT_WAIT,
) -> None:
    """Propose a type, or the next version of one. It is in force once a second person approved it."""
    definition = read_named(file, code="catalogue.file", field="FILE", fix="check the name")
    with office_of(ctx, writing=True) as office:
        office.unlock()
        proposed = propose_type(office, definition, reason=reason)
        if proposed.new and not state(ctx).json:
            for change in proposed.changes:
                state(ctx).err.print(f"{change.zh} / {change.en}", highlight=False, markup=False)
        changes = [{"place": one.place, "zh": one.zh, "en": one.en} for one in proposed.changes]
        _go_on(ctx, office, [proposed.act], wait, {"new": proposed.new, "changes": changes})


@type_app.command("retire")
def retire(
    ctx: typer.Context,
    name: _Name,
    version: Annotated[int, typer.Option("--version", help="which version")],
    reason: Annotated[str, typer.Option(help="why; it becomes public")],
    wait: Wait = DEFAULT_WAIT,
) -> None:
    """Issue and renew nothing more under a version, once a second person agrees."""
    with office_of(ctx, writing=True) as office:
        office.unlock()
        proposed = retire_type(office, name, version, reason=reason)
        _go_on(ctx, office, [proposed.act], wait, {"new": proposed.new})


@type_app.command("run")
def run(
    ctx: typer.Context,
    number: Annotated[int | None, typer.Argument(help="proposal; all open ones if not given", metavar="NUMBER")] = None,
    wait: Wait = DEFAULT_WAIT,
) -> None:
    """Go on with proposals that wait or were interrupted; without a number the signer learns what is in force, too."""
    with office_of(ctx, writing=True) as office:
        known = introduce_types(office, wait=wait) if number is None else None
        numbers = open_types(office) if number is None else [number]
        _go_on(ctx, office, numbers, wait, {} if known is None else {"introduced": known})


@type_app.command("recall")
def recall(ctx: typer.Context, number: _Act, wait: Wait = DEFAULT_WAIT) -> None:
    """Take a proposal back that is not signed yet."""
    with office_of(ctx, writing=True) as office:
        act = recall_type(office, number, wait=wait)
    emit(ctx, _act(act), f"[green]✓[/] proposal {number} is {act.state}")


@type_app.command("schema")
def schema(
    ctx: typer.Context,
    name: _Name,
    version: _Version = None,
    form: Annotated[_Form, typer.Option("--for", help="what it describes")] = _Form.certificate,
    out: _Out = None,
) -> None:
    """Print the JSON Schema (2020-12) of a version."""
    with _catalogue(ctx) as catalogue:
        found = schema_of(catalogue.find(name, version), form.value)
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if out is not None:
        write_atomically(out, (text + "\n").encode(), mode=0o644)
        emit(ctx, {"out": str(out)}, f"[green]✓[/] {out}")
        return
    emit(ctx, found, Text(text))


@type_app.command("template")
def template(
    ctx: typer.Context,
    name: _Name,
    out: Annotated[Path, typer.Option("--out", help=".xlsx or .csv file to write")],
    version: _Version = None,
) -> None:
    """Write an empty list to fill in, with explanations and an example row to delete. 名单模板."""
    with _catalogue(ctx) as catalogue:
        kind = catalogue.find(name, version)
    write_template(kind, out)
    emit(ctx, {"out": str(out), "type": kind.code, "version": kind.version}, f"[green]✓[/] {out}")


def _go_on(ctx: typer.Context, office: Office, numbers: Sequence[int], wait: float, more: dict[str, Any]) -> None:
    acts = [run_type(office, number, wait=wait) for number in numbers]
    lines = [_said(act) for act in acts] or ["nothing is open"]
    done = all(not act.waiting_for for act in acts)
    data = _act(acts[0]) if len(acts) == 1 else {"proposals": [_act(act) for act in acts]}
    emit(ctx, data | more, "\n".join(lines), YES if done else CANNOT_TELL)


def _said(act: TypeAct) -> str:
    what = f"proposal {act.id}: {act.action} {act.code} version {act.version}"
    if act.waiting_for:
        who = "a second person: yinxin approve, in the approver's home"
        return f"{what} waits for {who}\n  then: yinxin type run {act.id}"
    return f"[green]✓[/] {what} is {act.state}, anchor {act.sequence}" if act.sequence else f"{what} is {act.state}"


def _act(act: TypeAct) -> dict[str, Any]:
    return {
        "proposal": act.id,
        "action": act.action,
        "type": act.code,
        "version": act.version,
        "state": act.state,
        "waitingFor": act.waiting_for or None,
        "operator": act.operator or None,
        "reason": act.reason or None,
        "at": rfc3339(act.at),
        "digest": hex0x(act.digest),
        "sequence": act.sequence,
        "refusal": act.refusal,
    }


def _shown(kind: CertificateType, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "code": kind.code,
        "slug": kind.slug,
        "version": kind.version,
        "active": catalogue.is_active(kind),
        "zh": kind.zh,
        "en": kind.en,
        "holder": kind.holder,
        "codeStatus": kind.code_status,
        "faceFields": list(kind.face_fields),
        "answers": [one.name for one in kind.derived],
    }


def _field(kind: CertificateType, name: str) -> dict[str, Any]:
    one = kind.field(name)
    return {
        "name": one.name,
        "zh": one.zh,
        "en": one.en,
        "kind": one.kind,
        "required": one.required,
        "source": one.source,
        "personal": one.personal,
    }
