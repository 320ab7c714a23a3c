"""One fixture a fault: correctly signed where that is possible, refused for its form."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256

import pytest

from chain.credentials.credential import issue_credential, parse_credential, verify_signature
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput
from tests.chain.credentials import forge
from tests.chain.credentials.samples import CONTENT, IDENTIFIER, credential, signer

SALT = b64url(bytes(range(16)))
ONE = forge.disclosure([SALT, "KZ_one", "1"])
TWO = forge.disclosure([SALT, "KZ_two", "2"])


def in_order(*texts: str) -> list[str]:
    return sorted(texts, key=forge.digest_of)


def replaced_claim(**changes: object) -> str:
    return forge.signed_with({**forge.payload(), **changes})


def without_claim(name: str) -> str:
    claims = forge.payload()
    del claims[name]
    return forge.signed_with(claims)


def high_s_twin() -> str:
    head, payload, signature = credential().jwt.split(".")
    return f"{head}.{payload}.{b64url(forge.high_s(unb64url(signature)))}~"


def trailing_bit_twin() -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    jwt = credential().jwt
    return jwt[:-1] + alphabet[alphabet.index(jwt[-1]) ^ 1] + "~"


def trailing_bit_twin_of_a_disclosure() -> str:
    # "YWI" and "YWJ" decode to the same two bytes; the digest is of the twin, so only the strict form tells.
    raw = canonical([SALT, "KZ_one", "12"])
    while len(raw) % 3 == 0:
        raw = canonical([SALT, "KZ_one", raw.decode()[-4:]])
    text = b64url(raw)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return forge.credential_with([text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]])


def hs256_confusion() -> str:
    head = forge.header(alg="HS256")
    signed = f"{b64url(head)}.{credential().jwt.split('.')[1]}"
    mac = hmac.new(signer().public_key, signed.encode(), sha256).digest()
    return f"{signed}.{b64url(mac)}~"


def nested_sd() -> str:
    return forge.credential_with([forge.disclosure([SALT, "KZ_one", {"_sd": [forge.digest_of(TWO)]}])])


def duplicate_claim() -> str:
    raw = canonical(forge.payload())
    return forge.signed_with(raw[:-1] + b',"vct":"urn:yinxin:certificate:11100000MB0143028R001:1"}')


def two_bureaus() -> str:
    status = {"status_list": {"idx": 1, "uri": "urn:yinxin:status:11440100000000002D:2026-1"}}
    return replaced_claim(status=status)


def identifier_by_another_name() -> str:
    text = forge.disclosure([SALT, "KZ_identifier", IDENTIFIER])
    claims = {**forge.payload(), "certificateIdentifier": {"_sd": [forge.digest_of(text)]}, "_sd": []}
    return forge.signed_with(claims) + text + "~"


def identifier_of_another_type() -> str:
    text = forge.disclosure([SALT, "value", IDENTIFIER.replace("R001", "R002")])
    claims = {**forge.payload(), "certificateIdentifier": {"_sd": [forge.digest_of(text)]}, "_sd": []}
    return forge.signed_with(claims) + text + "~"


def identifier_digest_among_the_fields() -> str:
    claims = forge.payload()
    claims["_sd"] = sorted([*claims["_sd"], *claims["certificateIdentifier"]["_sd"]])
    return forge.signed_with(claims)


def disclosures_swapped() -> str:
    first, second, *rest = credential().disclosures
    return "~".join([credential().jwt, second, first, *rest, ""])


def fields_swapped() -> str:
    first, second, third, *rest = credential().disclosures
    return "~".join([credential().jwt, first, third, second, *rest, ""])


def disclosure_twice() -> str:
    first, second, *rest = credential().disclosures
    return "~".join([credential().jwt, first, second, second, *rest, ""])


def identifier_twice() -> str:
    first, *rest = credential().disclosures
    return "~".join([credential().jwt, first, first, *rest, ""])


def of_another_credential() -> str:
    other = issue_credential(CONTENT, signer())
    return f"{credential().jwt}~{other.disclosures[3]}~"


def spaced_json() -> str:
    return forge.signed_with(canonical(forge.payload()).replace(b",", b", ", 1))


def reordered_json() -> str:
    claims = forge.payload()
    raw = canonical({"vct": claims.pop("vct")})[:-1] + b"," + canonical(claims)[1:]
    return forge.signed_with(raw)


def spaced_disclosure() -> str:
    return forge.credential_with([forge.disclosure(None, raw=f'["{SALT}", "KZ_one","1"]'.encode())])


def escaped_disclosure() -> str:
    return forge.credential_with([forge.disclosure(None, raw=f'["{SALT}","KZ_one","\\u0031"]'.encode())])


def disclosure_with_line_feed() -> str:
    return forge.credential_with([forge.disclosure(None, raw=f'["{SALT}","KZ_one","1"]\n'.encode())])


def disclosure_with_float() -> str:
    return forge.credential_with([forge.disclosure(None, raw=f'["{SALT}","KZ_one",1.0]'.encode())])


def unsorted_digests() -> str:
    claims = forge.payload()
    return forge.signed_with({**claims, "_sd": claims["_sd"][::-1]})


def digest_twice() -> str:
    claims = forge.payload()
    return forge.signed_with({**claims, "_sd": sorted([*claims["_sd"], claims["_sd"][0]])})


def key_binding() -> str:
    return credential().text + credential().jwt


FAULTS: dict[str, tuple[Callable[[], str], str]] = {
    "empty": (lambda: "", "credential.form"),
    "no tilde": (lambda: credential().jwt, "credential.form"),
    "last tilde missing": (lambda: credential().text[:-1], "credential.form"),
    "tilde appended": (lambda: credential().text + "~", "credential.form"),
    "tilde in front": (lambda: "~" + credential().text, "credential.form"),
    "two tildes": (lambda: credential().jwt + "~~", "credential.form"),
    "empty disclosure in the middle": (lambda: credential().text.replace("~", "~~", 1), "credential.form"),
    "line feed appended": (lambda: credential().text + "\n", "credential.form"),
    "space in front": (lambda: " " + credential().text, "credential.form"),
    "full-width character": (lambda: credential().text + "～", "credential.form"),
    "lone surrogate": (lambda: credential().text + "\ud800", "credential.form"),
    "too long": (lambda: credential().jwt + "~" + "A" * 200_000 + "~", "credential.size"),
    "cut short": (lambda: credential().jwt[:-1] + "~", "encoding.base64url"),
    "two parts": (lambda: credential().jwt.rpartition(".")[0] + "~", "credential.form"),
    "four parts": (lambda: credential().jwt + ".AA~", "credential.form"),
    "empty signature": (lambda: credential().jwt.rpartition(".")[0] + ".~", "credential.form"),
    "dot in a disclosure": (lambda: credential().jwt + "~QUJD.QUJD~", "credential.form"),
    "padding": (lambda: credential().jwt + "==~", "credential.form"),
    "padding of a disclosure": (lambda: forge.credential_with([ONE + "="]), "credential.form"),
    "plain base64 alphabet": (lambda: credential().jwt[:-3] + "/" + credential().jwt[-2:] + "~", "credential.form"),
    "trailing bit twin": (trailing_bit_twin, "encoding.base64url"),
    "trailing bit twin of a disclosure": (trailing_bit_twin_of_a_disclosure, "canonical.form"),
    "high S twin": (high_s_twin, "credential.signature"),
    "signature of zeros": (
        lambda: credential().jwt.rpartition(".")[0] + "." + b64url(bytes(64)) + "~",
        "credential.signature",
    ),
    "alg none": (lambda: forge.signed_with(forge.payload(), forge.header(alg="none")), "credential.algorithm"),
    "alg none without signature": (lambda: f"{b64url(forge.header(alg='none'))}.{b64url(b'{}')}.~", "credential.form"),
    "HS256 confusion": (hs256_confusion, "credential.algorithm"),
    "ES384": (lambda: forge.signed_with(forge.payload(), forge.header(alg="ES384")), "credential.algorithm"),
    "alg in small letters": (
        lambda: forge.signed_with(forge.payload(), forge.header(alg="es256")),
        "credential.algorithm",
    ),
    "extra header parameter": (
        lambda: forge.signed_with(forge.payload(), forge.header(jku="https://x.example")),
        "credential.header",
    ),
    "embedded key": (lambda: forge.signed_with(forge.payload(), forge.header(jwk={"kty": "EC"})), "credential.header"),
    "crit": (lambda: forge.signed_with(forge.payload(), forge.header(crit=["x"])), "credential.header"),
    "kid missing": (lambda: forge.signed_with(forge.payload(), forge.header(kid=None)), "credential.header"),
    "kid of 8 bytes": (
        lambda: forge.signed_with(forge.payload(), forge.header(kid=b64url(bytes(8)))),
        "credential.header",
    ),
    "kid not text": (lambda: forge.signed_with(forge.payload(), forge.header(kid=1)), "credential.header"),
    "typ of an older draft": (
        lambda: forge.signed_with(forge.payload(), forge.header(typ="vc+sd-jwt")),
        "credential.header",
    ),
    "typ of a status list": (
        lambda: forge.signed_with(forge.payload(), forge.header(typ="statuslist+jwt")),
        "credential.header",
    ),
    "header with spaces": (lambda: forge.signed_with(forge.payload(), forge.header() + b" "), "canonical.form"),
    "header a list": (lambda: forge.signed_with(forge.payload(), b"[]"), "credential.header"),
    "header not JSON": (lambda: forge.signed_with(forge.payload(), b"{"), "canonical.json"),
    "payload not JSON": (lambda: forge.signed_with(b"{"), "credential.payload"),
    "payload not UTF-8": (lambda: forge.signed_with(b'{"iss":"\xff"}'), "credential.payload"),
    "payload a list": (lambda: forge.signed_with(b"[]"), "credential.claims"),
    "payload with spaces": (spaced_json, "canonical.form"),
    "payload in another order": (reordered_json, "canonical.form"),
    "claim twice": (duplicate_claim, "canonical.form"),
    "extra claim": (lambda: replaced_claim(sub="someone"), "credential.claims"),
    "extra claim iat": (lambda: replaced_claim(iat=1), "credential.claims"),
    "unknown holder binding": (lambda: replaced_claim(cnf={"jwk": {}}), "credential.claims"),
    "iss hidden": (lambda: without_claim("iss"), "credential.claims"),
    "vct hidden": (lambda: without_claim("vct"), "credential.claims"),
    "nbf hidden": (lambda: without_claim("nbf"), "credential.claims"),
    "status hidden": (lambda: without_claim("status"), "credential.claims"),
    "identifier hidden": (lambda: without_claim("certificateIdentifier"), "credential.claims"),
    "_sd_alg missing": (lambda: without_claim("_sd_alg"), "credential.claims"),
    "_sd_alg md5": (lambda: replaced_claim(_sd_alg="md5"), "credential.claims"),
    "exp null": (lambda: replaced_claim(exp=None), "credential.claims"),
    "exp before nbf": (lambda: replaced_claim(exp=1), "credential.time"),
    "nbf as text": (lambda: replaced_claim(nbf="1767225600"), "credential.claims"),
    "nbf a float": (
        lambda: forge.signed_with(canonical(forge.payload()).replace(b"1767225600", b"1767225600.0")),
        "credential.claims",
    ),
    "iss of another scheme": (lambda: replaced_claim(iss="https://bureau.example"), "credential.bureau"),
    "iss with a bad letter": (lambda: replaced_claim(iss="urn:uscc:1144010000000000IF"), "credential.bureau"),
    "vct of another version": (
        lambda: replaced_claim(vct="urn:yinxin:certificate:11100000MB0143028R001:2"),
        "credential.type",
    ),
    "vct of another scheme": (lambda: replaced_claim(vct="https://x.example/vct"), "credential.type"),
    "status list of another bureau": (two_bureaus, "credential.status"),
    "status without uri": (lambda: replaced_claim(status={"status_list": {"idx": 1}}), "credential.claims"),
    "status with more": (lambda: replaced_claim(status={**forge.payload()["status"], "x": 1}), "credential.claims"),
    "status index negative": (
        lambda: replaced_claim(
            status={"status_list": {"idx": -1, "uri": forge.payload()["status"]["status_list"]["uri"]}}
        ),
        "credential.status",
    ),
    "status uri an address": (
        lambda: replaced_claim(status={"status_list": {"idx": 1, "uri": "https://x.example/l"}}),
        "credential.status",
    ),
    "identifier digest missing": (lambda: replaced_claim(certificateIdentifier={"_sd": []}), "credential.claims"),
    "identifier digest twice": (
        lambda: replaced_claim(certificateIdentifier={"_sd": ["A" * 43] * 2}),
        "credential.claims",
    ),
    "identifier in clear": (lambda: replaced_claim(certificateIdentifier=IDENTIFIER), "credential.claims"),
    "identifier digest among the fields": (identifier_digest_among_the_fields, "credential.claims"),
    "identifier by another name": (identifier_by_another_name, "credential.identifier"),
    "identifier of another type": (identifier_of_another_type, "credential.identifier"),
    "digests unsorted": (unsorted_digests, "credential.digests"),
    "digest twice": (digest_twice, "credential.digests"),
    "digest too short": (lambda: replaced_claim(_sd=["A" * 42]), "credential.digests"),
    "digest empty": (lambda: replaced_claim(_sd=[""]), "credential.digests"),
    "digest with padding": (lambda: replaced_claim(_sd=["A" * 43 + "="]), "credential.digests"),
    "digest with a tilde": (lambda: replaced_claim(_sd=["A" * 43 + "~" + "B" * 43]), "credential.digests"),
    "digest with unused bits": (lambda: replaced_claim(_sd=["A" * 42 + "B"]), "credential.digests"),
    "digest not ASCII": (lambda: replaced_claim(_sd=["中" * 43]), "credential.digests"),
    "digests too many": (lambda: replaced_claim(_sd=["A" * 42 + "A"] * 100), "credential.digests"),
    "disclosure unknown": (lambda: f"{credential().jwt}~{ONE}~", "credential.unknown_disclosure"),
    "disclosure of another credential": (of_another_credential, "credential.unknown_disclosure"),
    "disclosure twice": (disclosure_twice, "credential.disclosure_order"),
    "identifier twice": (identifier_twice, "credential.unknown_disclosure"),
    "identifier not first": (disclosures_swapped, "credential.unknown_disclosure"),
    "disclosures in another order": (fields_swapped, "credential.disclosure_order"),
    "one field with two values": (
        lambda: forge.credential_with(in_order(ONE, forge.disclosure([SALT, "KZ_one", "other"]))),
        "credential.duplicate_field",
    ),
    "disclosure of iss": (
        lambda: forge.credential_with([forge.disclosure([SALT, "iss", "urn:uscc:x"])]),
        "credential.reserved",
    ),
    "disclosure of exp": (lambda: forge.credential_with([forge.disclosure([SALT, "exp", 1])]), "credential.reserved"),
    "disclosure of _sd": (lambda: forge.credential_with([forge.disclosure([SALT, "_sd", []])]), "credential.reserved"),
    "disclosure of value among the fields": (
        lambda: forge.credential_with([forge.disclosure([SALT, "value", IDENTIFIER])]),
        "credential.reserved",
    ),
    "disclosure of a name not ASCII": (
        lambda: forge.credential_with([forge.disclosure([SALT, "名", "x"])]),
        "credential.field_name",
    ),
    "disclosure of an array element": (
        lambda: forge.credential_with([forge.disclosure([SALT, "x"])]),
        "credential.disclosure",
    ),
    "disclosure with four elements": (
        lambda: forge.credential_with([forge.disclosure([SALT, "KZ_one", "1", "x"])]),
        "credential.disclosure",
    ),
    "disclosure an object": (lambda: forge.credential_with([forge.disclosure({"a": 1})]), "credential.disclosure"),
    "disclosure not JSON": (lambda: forge.credential_with([forge.disclosure(None, raw=b"[")]), "credential.disclosure"),
    "disclosure not UTF-8": (
        lambda: forge.credential_with([forge.disclosure(None, raw=b'["\xff"]')]),
        "credential.disclosure",
    ),
    "disclosure of one character": (lambda: forge.credential_with(["A"]), "encoding.base64url"),
    "disclosure with spaces": (spaced_disclosure, "canonical.form"),
    "disclosure with needless escapes": (escaped_disclosure, "canonical.form"),
    "disclosure with line feed": (disclosure_with_line_feed, "canonical.form"),
    "disclosure with a float": (disclosure_with_float, "canonical.type"),
    "disclosure nested deeply": (
        lambda: forge.credential_with([forge.disclosure(None, raw=b"[" * 5000)]),
        "credential.disclosure",
    ),
    "nested _sd in a value": (nested_sd, "credential.value"),
    "salt too short": (
        lambda: forge.credential_with([forge.disclosure([b64url(bytes(15)), "KZ_one", "1"])]),
        "credential.salt",
    ),
    "salt too long": (
        lambda: forge.credential_with([forge.disclosure([b64url(bytes(49)), "KZ_one", "1"])]),
        "credential.salt",
    ),
    "salt not base64url": (
        lambda: forge.credential_with([forge.disclosure(["盐" * 24, "KZ_one", "1"])]),
        "credential.salt",
    ),
    "salt with padding": (
        lambda: forge.credential_with([forge.disclosure([SALT + "==", "KZ_one", "1"])]),
        "credential.salt",
    ),
    "key binding": (key_binding, "credential.key_binding"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_refused(fault: str) -> None:
    build, code = FAULTS[fault]
    with pytest.raises(InvalidInput) as caught:
        parse_credential(build())
    assert caught.value.code == code


def test_the_forge_makes_sound_credentials_when_it_breaks_nothing() -> None:
    for text in (forge.credential_with(in_order(ONE, TWO)), forge.signed_with(forge.payload())):
        assert verify_signature(parse_credential(text), signer().public_key)


def test_a_credential_by_another_key_is_well_formed_but_not_signed() -> None:
    other = issue_credential(CONTENT, signer("another"))
    assert not verify_signature(parse_credential(other.text), signer().public_key)


def test_the_trailing_bit_twin_decodes_to_the_same_bytes() -> None:
    # So refusing it is the only thing that keeps the credential to one form.
    import base64

    twin = trailing_bit_twin()[:-1].split(".")[2]
    real = credential().jwt.split(".")[2]
    assert twin != real
    assert base64.urlsafe_b64decode(twin + "==") == base64.urlsafe_b64decode(real + "==")
