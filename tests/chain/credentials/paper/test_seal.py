"""The seal on its own: its steps, the certificate, the judges that others wrote."""

from __future__ import annotations

import json
import subprocess

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from chain.credentials.es256 import SoftwareSigner
from chain.credentials.paper import read_sealed
from chain.credentials.paper.cms import certificate_fits, make_certificate, read_cms
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from tests.support.cases import read
from tests.support.paper_cases import FOLDER
from tests.support.poppler import need_poppler
from tests.support.world import NAME, USCC

PRINTED = FOLDER / "printed_valid.pdf"


def case(name: str):
    return read(json.loads((FOLDER / f"{name}.json").read_text("utf-8")), (FOLDER / f"{name}.pdf").read_bytes())


@pytest.mark.parametrize("name", ["printed_valid", "reprint_valid", "small_valid"])
def test_pyhanko_accepts_the_signature(name):
    import io

    reader = PdfFileReader(io.BytesIO((FOLDER / f"{name}.pdf").read_bytes()))
    (signature,) = reader.embedded_signatures
    status = validate_pdf_signature(
        signature, ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    )
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.modification_level.name == "NONE"
    assert str(signature.sig_object["/SubFilter"]) == "/ETSI.CAdES.detached"


def test_pdfsig_accepts_the_signature_and_sees_a_change():
    pdfsig = need_poppler("pdfsig")
    said = subprocess.run([pdfsig, "-nocert", str(PRINTED)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    changed = FOLDER / "printed_page_changed.pdf"
    said = subprocess.run([pdfsig, "-nocert", str(changed)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" not in said


def test_pdfdetach_finds_the_bundle(tmp_path):
    pdfdetach = need_poppler("pdfdetach")
    out = tmp_path / "bundle.json"
    subprocess.run([pdfdetach, "-save", "1", "-o", str(out), str(PRINTED)], check=True)
    assert out.read_bytes() == read_sealed(PRINTED.read_bytes()).bundle


def test_qpdf_finds_no_fault():
    qpdf = need_poppler("qpdf")
    said = subprocess.run([qpdf, "--check", str(PRINTED)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said


def test_the_certificate_says_that_it_is_of_test_grade():
    key = SoftwareSigner.generate()
    made = make_certificate(key, name=NAME, uscc=USCC, since=1_767_225_600)
    subject = x509.Certificate.load(made, strict=True).subject.native
    assert subject["organization_name"] == NAME
    assert subject["organization_identifier"] == f"NTRCN-{USCC}"
    assert subject["common_name"].endswith("测试章 TEST GRADE")
    assert certificate_fits(made, key=key.public_key, name=NAME, uscc=USCC)
    assert not certificate_fits(made, key=key.public_key, name="示例市行政审批局", uscc=USCC)
    assert not certificate_fits(made, key=SoftwareSigner.generate().public_key, name=NAME, uscc=USCC)
    assert not certificate_fits(b"nonsense", key=key.public_key, name=NAME, uscc=USCC)


def test_a_long_legal_name_fits_into_the_certificate():
    key = SoftwareSigner.generate()
    made = make_certificate(key, name="示例" * 60, uscc=USCC, since=1_767_225_600)
    assert certificate_fits(made, key=key.public_key, name="示例" * 60, uscc=USCC)


@pytest.mark.parametrize("data", [b"", b"0", b"\x30\x80\x00\x00", b"\x30\x03\x02\x01\x01", bytes(100)])
def test_what_is_no_cms_is_refused(data):
    with pytest.raises(InvalidInput, match="signature"):
        read_cms(data)


def test_what_is_embedded_is_what_is_printed():
    bundle = json.loads(read_sealed(PRINTED.read_bytes()).bundle)
    from chain.credentials.credential import parse_credential

    credential = parse_credential(bundle["credential"])
    assert "certificateHolderCodeType" not in credential.fields
    assert credential.fields["certificateHolderName"] == "示例甲贸易有限公司"
    assert credential.identifier is not None
    assert credential.hidden == 1


class TestSteps:
    def test_a_stranger_seal_says_that_the_code_may_still_be_good(self):
        found = case("seal_key_of_stranger").run()
        assert found.step("issuer").code == "issuer.seal_foreign"
        assert found.certificate["confirmed"] is False
        assert "QR" in found.step("issuer").detail()

    def test_a_good_seal_is_told(self):
        found = case("printed_valid").run()
        assert found.step("integrity").code == "integrity.sealed"
        assert found.step("form").detail() == "a well-formed pdf"
        assert found.certificate["confirmed"] is True

    def test_a_leaked_key_leaves_earlier_paper_open(self):
        assert case("compromised_after_it_says_it_was_sealed").run().step("issuer").code == "issuer.seal_unsure"
        assert case("compromised_when_it_was_sealed").run().step("issuer").code == "issuer.seal_compromised"

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("second_bundle", "embedded files"),
            ("updated", "continued after its end"),
            ("unsigned", "not signed"),
            ("two_signatures", "2 signatures"),
            ("signature_stops_short", "whole file"),
            ("acting", "could act"),
            ("object_stream", "hides objects"),
            ("bundle_compressed", "not plain"),
        ],
    )
    def test_a_form_that_is_refused_says_why(self, name, words):
        assert words in case(name).run().step("form").detail()


def test_the_digest_is_over_all_but_the_hexadecimal_string():
    data = (FOLDER / "small_valid.pdf").read_bytes()
    start = data.index(b"/Contents<", data.index(b"/ByteRange")) + len(b"/Contents")
    end = data.index(b">", start) + 1
    assert read_sealed(data).signed == sha256(data[:start] + data[end:])
