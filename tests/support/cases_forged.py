"""Cases: documents that nobody issued, that were altered, or whose parts do not belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from chain.credentials.stamp import issue_stamp, parse_stamp
from chain.kernel.encoding import sha256
from tests.support import forge
from tests.support.cases import Case
from tests.support.stage import FORGED, OPEN, VALID, Stage
from tests.support.world import LIST, OTHER_USCC, YEAR, signer


def forgeries() -> Iterator[Case]:
    """Documents nobody issued, or that were altered."""
    s = Stage.fresh()
    stranger = forge.Impostor(signer(99), s.signer)
    content = parse_stamp(s.one.stamp).content
    fake = issue_stamp(content, stranger)
    yield s.case("stamp_signed_by_stranger", "Another key under the bureau's key id.", FORGED, kind="stamp", data=fake)
    yield s.case(
        "stamp_signed_by_stranger_offline", "The same without network.", FORGED, kind="stamp", data=fake,
        trust=s.world.snapshot(),
    )  # fmt: skip
    own = issue_stamp(content, signer(99))
    yield s.case("stamp_with_unknown_key", "A key the bureau never had.", FORGED, kind="stamp", data=own, pitfalls=(3,))
    yield s.case(
        "stamp_with_unknown_key_offline", "The key may be newer than the snapshot.", OPEN, kind="stamp", data=own,
        trust=s.world.snapshot(), pitfalls=(9,),
    )  # fmt: skip
    stolen = issue_stamp(replace(content, holder_name="示例乙"), s.signer)
    yield s.case(
        "stolen_signing_key_stamp", "A perfect signature; the ledger knows nothing of it.", OPEN, kind="stamp",
        data=stolen, pitfalls=(10,), step="anchor=ERROR",
    )  # fmt: skip
    liar = replace(s.world.index, stamps={sha256(stolen): s.one.place})
    yield s.case("stolen_signing_key_lying_index", "An index vouches; its proof does not.", OPEN, kind="stamp",
                 data=stolen, index=liar, pitfalls=(10,))  # fmt: skip
    parts = replace(s.one.place.parts, stamp=sha256(stolen))
    yield s.case("stolen_signing_key_bundle", "Signed, never anchored.", FORGED, pitfalls=(10,),
                 data=forge.rebundled(s.one.data, stamp=stolen, place=replace(s.one.place, parts=parts)))  # fmt: skip
    text = s.one.credential.text
    for name, changed in {
        "altered_disclosure": forge.altered_disclosure(text, "certificateHolderName", "示例丙有限公司"),
        "credential_signed_by_stranger": forge.resigned(text, lambda payload: None, stranger),
        "credential_high_s_twin": forge.high_s_credential(text),
        "credential_base64_twin": text.split("~")[0][:-1] + _twin(text.split("~")[0][-1]) + text[text.index("~") :],
    }.items():
        yield s.case(
            name, "A credential that is not what was signed.", FORGED, kind="credential", data=changed.encode()
        )
        yield s.case(name + "_in_bundle", "The same inside a bundle.", FORGED,
                     data=forge.rebundled(s.one.data, credential=changed))  # fmt: skip
    twin = forge.high_s_stamp(s.one.stamp)
    yield s.case("stamp_high_s_twin", "The other form of one signature.", FORGED, kind="stamp", data=twin)
    yield s.case("stamp_high_s_twin_in_bundle", "The same inside a bundle.", FORGED,
                 data=forge.rebundled(s.one.data, stamp=twin))  # fmt: skip
    yield s.case("bundle_with_a_space", "A second form of one bundle.", FORGED, data=s.one.data[:-1] + b" }")
    cut = s.one.stamp[:-1]
    yield s.case("stamp_cut_short", "A byte is missing.", FORGED, kind="stamp", data=cut)


def _twin(character: str) -> str:
    """A base64url character that differs only in bits that a strict reader wants to be zero."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) ^ 1]


def shapes() -> Iterator[Case]:
    """Credentials that a bureau's own key signed, but that no credential of ours may be."""
    s = Stage.fresh()
    text = s.one.credential.text
    salted, digest = forge.disclosure("c2FsdHNhbHRzYWx0c2FsdHNhbHRz", "nbf", 1)
    weak, weak_digest = forge.disclosure("c2FsdA", "certificateHolderCode", "11010519491231002X")

    def hide(payload: dict[str, Any]) -> None:
        del payload["nbf"], payload["exp"]
        payload["_sd"] = sorted([*payload["_sd"], digest])

    def no_status(payload: dict[str, Any]) -> None:
        del payload["status"]

    def no_identifier(payload: dict[str, Any]) -> None:
        del payload["certificateIdentifier"]

    def other_list(payload: dict[str, Any]) -> None:
        payload["status"]["status_list"]["uri"] = f"urn:yinxin:status:{OTHER_USCC}:{LIST}"

    def web_list(payload: dict[str, Any]) -> None:
        payload["status"]["status_list"]["uri"] = "http://169.254.169.254/latest/meta-data"

    def context(payload: dict[str, Any]) -> None:
        payload["@context"] = {"display": None}

    def weak_salt(payload: dict[str, Any]) -> None:
        payload["_sd"] = sorted([*payload["_sd"], weak_digest])

    jwt = text.partition("~")[0] + "~"
    inline = forge.resigned(text, context, s.signer)
    broken: list[tuple[str, str, str, tuple[int, ...]]] = [
        ("hidden_validity", "nbf and exp made disclosable", forge.resigned(jwt, hide, s.signer) + salted + "~", (20,)),
        ("hidden_status", "no status claim", forge.resigned(text, no_status, s.signer), (20,)),
        ("hidden_identifier_digest", "no identifier digest", forge.resigned(text, no_identifier, s.signer), (20,)),
        ("status_list_of_another_bureau_named", "points at a friend's list",
         forge.resigned(text, other_list, s.signer), (5,)),
        ("status_list_at_an_internal_address", "a URL that a verifier must not fetch",
         forge.resigned(text, web_list, s.signer), (19,)),
        ("inline_context", "an @context that would hide what is displayed", inline, (2,)),
        ("enumerable_digest", "a salt of 32 bits", forge.resigned(jwt, weak_salt, s.signer) + weak + "~", (18,)),
    ]  # fmt: skip
    for name, why, data, pitfalls in broken:
        yield s.case(name, f"Signed by the bureau, refused: {why}.", FORGED, kind="credential", data=data.encode(),
                     pitfalls=pitfalls, step="form=INVALID")  # fmt: skip
    bound = text + jwt[:-1]
    yield s.case("key_binding_not_read_here", "A form only newer verifiers read.", OPEN, kind="credential",
                 data=bound.encode())  # fmt: skip
    newer = s.one.data.replace(b"yinxin-bundle-1", b"yinxin-bundle-9")
    yield s.case("unknown_version", "A bundle of a version to come.", OPEN, data=newer, step="form=ERROR")
    other = s.one.data.replace(b"yinxin-bundle-1", b"yinxim-bundle-1")
    yield s.case("unknown_format", "Not a bundle of ours.", FORGED, data=other)


def parts() -> Iterator[Case]:
    """Bundles whose parts do not belong together."""
    s = Stage.fresh()
    other = s.world.issue(count=2, witnesses=s.witnesses)[0]
    mixes: dict[str, bytes] = {
        "stamp_of_another_certificate": forge.rebundled(s.one.data, stamp=other.stamp),
        "credential_of_another_certificate": forge.rebundled(s.one.data, credential=other.credential.text),
        "place_of_another_certificate": forge.rebundled(s.one.data, place=other.place),
        "record_digest_altered": forge.replaced(s.one.data, parts=replace(s.one.place.parts, record=bytes(32))),
        "index_altered": forge.replaced(s.one.data, index=1),
        "size_altered": forge.replaced(s.one.data, size=4),
        "sequence_altered": forge.replaced(s.one.data, sequence=2),
        "sequence_of_the_future": forge.replaced(s.one.data, sequence=2**40),
        "path_cut_short": forge.replaced(s.one.data, path=s.one.place.path[:-1]),
        "chain_of_another_anchor": forge.rebundled(s.one.data, chain=other.bundle.chain),
        "checkpoint_of_another_block": forge.rebundled(s.one.data, checkpoint=s.witnesses.checkpoint(1)),
    }
    for name, data in mixes.items():
        yield s.case(name, "Each part is genuine or nearly so; together they are not.", FORGED, data=data)
    batch = s.world.issue(count=4, witnesses=s.witnesses)
    inner = forge.replaced(batch[0].data, index=0, size=2, path=batch[0].place.path[1:])
    yield s.case("inner_node_as_leaf", "An inner node stands where a leaf must.", FORGED, data=inner, pitfalls=(7,))
    yield from _relations(s)
    yield from _witnessed(s)


def _relations(s: Stage) -> Iterator[Case]:
    """The bureau itself anchors stamp and credential that contradict each other."""
    now = s.world.now
    wrong: dict[str, dict[str, Any]] = {
        "stamp_with_longer_validity": {"expires": now + 9 * YEAR},
        "stamp_with_earlier_validity": {"not_before": now - 9 * YEAR},
        "stamp_with_another_status_entry": {"status_index": 5},
        "stamp_with_another_status_list": {"status_list": "another-list"},
        "stamp_with_another_identifier": {"identifier": s.one.identifier},
        "stamp_with_another_face_field": {"face": (("certificateNumber", "9"),)},
        "stamp_with_another_credential_digest": {"credential_digest": bytes(32)},
    }
    for name, change in wrong.items():
        made = s.world.issue(count=1, stamp_content=change, witnesses=s.witnesses)[0]
        yield s.case(name, "Signed and anchored, but the parts tell two stories.", FORGED, data=made.data,
                     step="integrity=INVALID")  # fmt: skip
    cut = s.world.issue(count=1, stamp_content={"face": (("KZ_registeredCapital", "500万…"),)}, witnesses=s.witnesses)[
        0
    ]
    yield s.case("stamp_with_shortened_face_field_valid", "A long value may be cut on the stamp.", VALID, data=cut.data)
    made = s.world.issue(count=1, stamp_content={"credential_digest": bytes(32)})[0]
    yield s.case("stamp_anchored_beside_another_credential", "The leaf is of another credential.", FORGED, kind="stamp",
                 data=made.stamp, step="anchor=INVALID")  # fmt: skip


def _witnessed(s: Stage) -> Iterator[Case]:
    """Checkpoints."""
    number = s.one.anchor.block.number
    good = s.witnesses.checkpoint(number)
    lone = s.witnesses.checkpoint(number, signers=["witness-1"])
    offline = replace(s.world.snapshot(), anchors={}, stamps={})
    few = forge.rebundled(s.one.data, checkpoint=lone)
    yield s.case("too_few_witnesses_live_valid", "The chain itself answers.", VALID, data=few)
    yield s.case(
        "too_few_witnesses_offline", "Fewer than the threshold vouch for nothing.", OPEN, data=few, trust=offline
    )
    none = forge.rebundled(s.one.data, checkpoint=None)
    yield s.case("no_witness_live_valid", "No checkpoint yet; the chain itself answers.", VALID, data=none)
    yield s.case("no_witness_offline", "Anyone can make up a header.", OPEN, data=none, trust=offline)
    head, _, tail = good.note.rpartition("\u2014 witness-2 ")
    doubled = replace(good, note=head + "\u2014 witness-1 " + tail)
    yield s.case("witness_name_exchanged", "A signature under another witness' name.", FORGED,
                 data=forge.rebundled(s.one.data, checkpoint=doubled))  # fmt: skip
    foreign = replace(good, note=good.note.replace("witness-2", "witness-7"))
    yield s.case("witness_not_in_trust_root", "It cannot be judged here.", OPEN, step="anchor=ERROR",
                 data=forge.rebundled(s.one.data, checkpoint=foreign))  # fmt: skip
    lagging = replace(s.world.source(), anchors={})
    yield s.case("ledger_disagrees_with_witnesses", "The chain read here lacks a witnessed block.", OPEN, trust=lagging)
