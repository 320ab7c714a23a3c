"""One folder holds everything one person or machine has: its settings, keys, stores.

The folder is given by ``--home`` or ``YINXIN_HOME``; nothing is written outside it.
Settings lie in ``config.toml``; an environment variable such as ``YINXIN_LEDGER__QUORUM`` wins over the file.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chain.kernel.errors import InvalidInput
from chain.kernel.files import write_atomically as write_atomically

DEFAULT_QR_PREFIX = "https://yx.example/v#"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LedgerSettings(_Part):
    """How the ledger is reached."""

    node: str | None = Field(
        "node", description="folder of the embedded node, relative to the home; unset to use endpoints"
    )
    endpoints: list[str] = Field(default_factory=list, description="JSON-RPC addresses of an external network")
    quorum: int = Field(1, ge=1, description="how many endpoints must give the same answer at one final block")
    finality: str = Field("finalized", description='"finalized", "latest" or a number of confirmations')
    trust_root: str = Field("trust-root.json", description="the pinned trust root")
    witnesses: list[str] = Field(
        default_factory=list, description="addresses or folders where witnesses publish checkpoints"
    )


class DocumentSettings(_Part):
    """Where encrypted records lie."""

    store: Literal["local", "ipfs", "kubo"] = Field(
        "local", description="local store, an IPFS node by RPC, or a private IPFS node started with the command"
    )
    blobs: str = Field("blobs", description="folder of the local store")
    ipfs_api: str = Field("/ip4/127.0.0.1/tcp/5001", description="multiaddr of the IPFS node's RPC")
    ipfs_authorization: str = Field(
        "", description="value of the header Authorization, where the IPFS node asks for one"
    )
    kubo: str = Field("kubo", description="folder of the private IPFS node")
    push: Literal["", "ipfs", "kubo"] = Field(
        "", description="IPFS node to which the worker copies what the local store holds; unset for none"
    )


class DatabaseSettings(_Part):
    """Where the register and the service database lie."""

    url: str = Field(
        "",
        repr=False,
        description="unset for SQLite files in the home; `postgresql+psycopg://user@host/database` for one schema a "
        "bureau there. Give a password by the environment (`YINXIN_DATABASE__URL`) or by libpq's own means",
    )


class BureauSettings(_Part):
    """The bureau this home works for."""

    uscc: str = Field("", description="unified social credit code (GB 32100)")
    acts_as: str = Field("", description="code of the successor that answers for this bureau; unset for itself")


class DeskSettings(_Part):
    """The exchange folder between officer and approver."""

    path: str = Field("desk", description="folder both can reach; carries requests and signed answers, never keys")


class AuthoritySettings(_Part):
    """Who decides for the authority. Nobody listed: one person at this home does all, as for the first set-up."""

    persons: list[str] = Field(
        default_factory=list, description="addresses (0x…) of the people who propose and release"
    )
    threshold: int = Field(2, ge=1, description="how many of them, the proposer included, must have signed")
    emergency: list[str] = Field(
        default_factory=lambda: ["suspend", "compromised"],
        description="acts that one person at this home may still do alone, at once",
    )


class StampSettings(_Part):
    """The printed QR code."""

    prefix: str = Field(
        DEFAULT_QR_PREFIX,
        max_length=64,
        description="address before the stamp's digits; 23 characters or fewer keep QR version 15",
    )


class PaperSettings(_Part):
    """Certificates as sealed PDFs."""

    fonts: str = Field("", description="folder with fonts, looked into before the usual places")


class VerifySettings(_Part):
    """How a certificate is looked up and how old a status may be."""

    services: list[str] = Field(default_factory=list, description="base addresses asked for a bundle by identifier")
    token: str = Field("", description="API token shown to those addresses; best given by YINXIN_VERIFY__TOKEN")
    snapshot: str | None = Field(None, description="trust snapshot used without network")
    status_max_age: int = Field(7 * 86400, ge=1, description="seconds after which the final block read is too old")


class JobSettings(_Part):
    """What a service's worker does by itself for this bureau."""

    lapse: bool = Field(
        True, description="let certificates lapse (失效) that are past their date by the ledger's clock"
    )
    remind_days: list[int] = Field(
        default_factory=lambda: [90, 30, 7], description="days before a certificate's end at which a reminder is noted"
    )
    private_webhooks: bool = Field(
        False, description="let webhooks go to private addresses, and to this machine (there also without TLS)"
    )


class ServiceSettings(_Part):
    """The service over HTTP and its worker."""

    bureaus: list[str] = Field(default_factory=list, description="homes of the bureaus served, one a bureau")
    host: str = Field("127.0.0.1", description="address it listens on")
    port: int = Field(8400, ge=0, le=65535, description="port it listens on; 0 for any free one")
    workers: int = Field(2, ge=1, le=64, description="processes that answer")
    public_url: str = Field("http://localhost:8400", description="address under which people know the service")
    local_authority: str = Field(
        "", description="certificate (PEM) of a certificate authority of this machine's own, given out at /ca.crt"
    )
    session_hours: int = Field(12, ge=1, le=720, description="how long a session lasts")
    body_limit: int = Field(2**20, ge=4096, description="bytes of a body")
    upload_limit: int = Field(256 * 2**20, ge=4096, description="bytes of an uploaded list")
    rate_per_minute: int = Field(
        6000,
        ge=0,
        description="requests a minute that one account, or one address without account, may make; 0: no limit",
    )
    questions_per_hour: int = Field(
        60, ge=0, description="questions on tenders that one address may ask in an hour; 0: no limit"
    )
    audit_minutes: int = Field(60, ge=1, le=10_080, description="minutes between anchors of the audit log")
    every: int = Field(
        15, ge=1, le=3600, description="seconds between the worker's looks for blocks, blobs and expired certificates"
    )


class RetentionSettings(_Part):
    """How long what a certificate says about its holder is kept."""

    policies: list[str] = Field(
        default_factory=list,
        description="type=years after the end, such as business-licence=10; records of other types are kept",
    )


class TenderSettings(_Part):
    """Where the public papers of tenders lie, and the sealed files a custodian keeps."""

    boards: list[str] = Field(
        default_factory=lambda: ["board"],
        description="folders or addresses of boards; written to every one, read from each in turn, "
        "and one that fails is passed over",
    )
    persons: list[str] = Field(
        default_factory=list,
        description="addresses (0x…) of the people of whom some must agree before a notice is published, amended, "
        "extended or cancelled from here; nobody listed: the officer alone",
    )
    threshold: int = Field(1, ge=1, description="how many of them, the operator of this home not counted")
    guarantee_percent: str = Field(
        "2.00",
        pattern=r"^(0|[1-9][0-9]?|100)(\.[0-9]{1,2})?$",
        description="most of a lot's ceiling, in percent, that a bid's guarantee may be",
    )
    bid_days: int = Field(
        20,
        ge=1,
        le=365,
        description="days from notice to deadline below which there is a warning, where tendering is mandatory",
    )
    custody: str = Field("custody", description="folder of the sealed files that a custodian keeps")
    remind_seconds: list[int] = Field(
        default_factory=lambda: [259_200, 86_400, 3600],
        description="seconds before a deadline or an opening at which the service reminds the tender's people",
    )
    late_seconds: int = Field(
        600, ge=1, description="seconds after which the service says that an opening, or a step anybody may do, is late"
    )
    roll_call_days: int = Field(
        30, ge=1, description="days after which key holders are asked to show that they can still open"
    )


class MailSettings(_Part):
    """How a service's letters leave."""

    folder: str = Field("mail", description="folder of the letters (.eml) where no mail server is named")
    server: str = Field("", description="mail server, HOST:PORT; unset: letters become files in the folder")
    tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the connection is protected; none only to a mail server on this machine"
    )
    authority: str = Field("", description="PEM file of the authority that certifies the mail server, if a private one")
    user: str = Field("", description="user name at the mail server; unset: none is shown")
    password: str = Field("", repr=False, description="its password; best given by YINXIN_MAIL__PASSWORD")
    sender: str = Field("yinxin@localhost", description="address that letters come from")


class CustodianSettings(_Part):
    """A custodian's server: what it takes from whom, and how it hides the number of bids."""

    host: str = Field("127.0.0.1", description="address it listens on")
    port: int = Field(8500, ge=0, le=65535, description="port it listens on; 0 for any free one")
    file_limit: int = Field(2 * 2**30, ge=65_536, description="bytes of a sealed file")
    day_limit: int = Field(64 * 2**30, ge=65_536, description="bytes taken a day for one tender")
    address_limit: int = Field(16 * 2**30, ge=65_536, description="bytes taken a day from one address")
    board_limit: int = Field(2**30, ge=65_536, description="bytes that one address may leave on the board a day")
    open_uploads: int = Field(32, ge=1, description="unfinished uploads of one address")
    rate_per_minute: int = Field(3000, ge=0, description="requests a minute that one address may make; 0: no limit")
    decoys: int = Field(
        16, ge=0, le=256, description="most decoys placed in a lot; how many is drawn evenly from 0 to this"
    )


class Settings(BaseModel):
    """All settings of one home."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    role: Literal[
        "", "officer", "approver", "authority", "witness", "clerk", "operator", "service",
        "procurement", "supervisor", "keyholder", "custodian", "bidder", "expert",
    ] = Field("", description="who works here; only changes what doctor and help speak of")  # fmt: skip
    operator: str = Field("", description="name or number written into acts done from here")
    operator_address: str = Field(
        "",
        pattern=r"^(0x[0-9a-fA-F]{40})?$",
        description="address with which the operator signs decisions; on requests made from here it may not decide",
    )
    ledger: LedgerSettings = Field(default_factory=LedgerSettings)
    documents: DocumentSettings = Field(default_factory=DocumentSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    bureau: BureauSettings = Field(default_factory=BureauSettings)
    desk: DeskSettings = Field(default_factory=DeskSettings)
    authority: AuthoritySettings = Field(default_factory=AuthoritySettings)
    stamp: StampSettings = Field(default_factory=StampSettings)
    paper: PaperSettings = Field(default_factory=PaperSettings)
    verify: VerifySettings = Field(default_factory=VerifySettings)
    jobs: JobSettings = Field(default_factory=JobSettings)
    service: ServiceSettings = Field(default_factory=ServiceSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    tenders: TenderSettings = Field(default_factory=TenderSettings)
    custodian: CustodianSettings = Field(default_factory=CustodianSettings)
    mail: MailSettings = Field(default_factory=MailSettings)


class Home:
    """One home folder.

    Attributes:
        path: absolute path of the folder.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path).expanduser().resolve()
        self._settings: Settings | None = None

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def make(self) -> None:
        """Create the folder, for its owner's eyes only."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def exists(self) -> bool:
        """True if the folder is there."""
        return self.path.is_dir()

    @property
    def settings(self) -> Settings:
        """The settings of this home (defaults where no config.toml is).

        Raises:
            InvalidInput: config.toml is not TOML, or a value breaks its rule; names the setting.
        """
        if self._settings is None:
            file = self.path / "config.toml"
            values: dict[str, Any] = {}
            try:
                if file.is_file():
                    values = tomllib.loads(file.read_text(encoding="utf-8"))
                unknown = set(values) - set(Settings.model_fields)
                if unknown:
                    name = sorted(unknown)[0]
                    raise InvalidInput(
                        f"config.toml: unknown setting {name}",
                        code="config.unknown",
                        field=name,
                        fix="remove it, or see docs/configuration.md for the names",
                    )
                self._settings = check_settings(values)
            except ValueError as error:
                raise InvalidInput(
                    f"config.toml: not TOML: {error}",
                    code="config.form",
                    field="config.toml",
                    fix="write it as docs/configuration.md shows, or restore it from a copy",
                ) from error
        return self._settings

    @property
    def may_have_register(self) -> bool:
        """True if a register lies here, or the settings say that it lies in a database elsewhere."""
        if (self.path / "register.sqlite").is_file():
            return True
        try:
            return bool(self.settings.database.url)
        except InvalidInput:
            return False

    def resolve(self, name: str) -> Path:
        """A path of the settings: relative ones start at the home."""
        return (self.path / Path(name).expanduser()).resolve()

    def write_config(self, values: dict[str, Any]) -> None:
        """Write config.toml from plain values (nested one level), replacing the old one at once.

        Raises:
            InvalidInput: a value breaks its rule; names the setting. Nothing was written.
        """
        check_settings(values)
        self.make()
        write_atomically(self.path / "config.toml", _toml(values).encode())
        self._settings = None


def check_settings(values: dict[str, Any]) -> Settings:
    """The settings that plain values give, under the environment's. Raises InvalidInput that names the setting."""
    try:
        return _settings_here()(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            f"setting {name}: {first['msg']}",
            code="config.value",
            field=name,
            fix="correct it in config.toml, on the command line or in the environment (YINXIN_…)",
        ) from error


def _settings_here() -> type[Settings]:
    """The class that reads the environment, if it says anything of a setting."""
    names = {f"yinxin_{name}" for name in Settings.model_fields}
    if all(variable.lower().partition("__")[0] not in names for variable in os.environ):
        return Settings
    from chain.kernel.environment import SettingsHere

    return SettingsHere


def _toml(values: dict[str, Any]) -> str:
    lines = [f"{key} = {_toml_value(value)}" for key, value in values.items() if not isinstance(value, dict)]
    for key, value in values.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]"]
            lines += [f"{name} = {_toml_value(item)}" for name, item in value.items() if item is not None]
    return "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(item) for item in value) + "]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'
