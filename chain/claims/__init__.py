"""The holder's claim: from an activation code on paper to a device key that acts for the holder.

===============  ==========================================================================================
codes, kdf       the activation code, and the key that it gives
claim            what the holder's device makes and signs
binding, ending  what the bureau's signer makes of it, and how it ends
leaf, lane       how both stand in the bureau's lane ``$claims``
verification     whether a device was the holder's as of a block
showing          what a device shows to one who asked; holder_step: whether it is the holder's
===============  ==========================================================================================

Everything here is pure; the signer's part is chain/desk, the register's api/claims. Formats: docs/formats/binding.md.
"""

from chain.claims.binding import CLAIMS_LANE, Binding, binding_tag, end_tag, parse_binding
from chain.claims.claim import Claim, make_claim, parse_claim
from chain.claims.codes import grouped, new_code, read_code
from chain.claims.ending import Ending, Unbind, make_unbind, parse_ending, parse_unbind
from chain.claims.holder_step import holder_step, with_holder
from chain.claims.kdf import PROFILE, key_of_code, salt_of
from chain.claims.lane import LaneLeaves, LaneReading, read_lane
from chain.claims.leaf import BindingParts, binding_leaf, rows_of
from chain.claims.showing import OpenRequests, Showing, ShowingRequest, make_showing, parse_request, parse_showing
from chain.claims.verification import (
    BindingCheck,
    CertificateState,
    binding_in_force,
    holder_key,
    verify_device_signature,
)

__all__ = [
    "CLAIMS_LANE",
    "PROFILE",
    "Binding",
    "BindingCheck",
    "BindingParts",
    "CertificateState",
    "Claim",
    "Ending",
    "LaneLeaves",
    "LaneReading",
    "OpenRequests",
    "Showing",
    "ShowingRequest",
    "Unbind",
    "binding_in_force",
    "binding_leaf",
    "binding_tag",
    "end_tag",
    "grouped",
    "holder_key",
    "holder_step",
    "key_of_code",
    "make_claim",
    "make_showing",
    "make_unbind",
    "new_code",
    "parse_binding",
    "parse_claim",
    "parse_ending",
    "parse_request",
    "parse_showing",
    "parse_unbind",
    "read_code",
    "read_lane",
    "rows_of",
    "salt_of",
    "verify_device_signature",
    "with_holder",
]
