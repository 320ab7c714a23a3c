"""What to do about a contract's own error: the field at fault, and one sentence.

Keys are names of custom errors (contracts/**/I*.sol); both parts may be empty.
"""

from __future__ import annotations

_READ_AGAIN = "read its state and use the next number"
_WAIT = "wait until then; the chain's clock decides"

FIXES: dict[str, tuple[str, str]] = {
    # BureauRegistry, AnchorLog
    "NotNext": ("", "read the lane's head and use the next sequence"),
    "StaleHead": ("", "read the list's head, apply the change to that state and sign again"),
    "MayNotAnchor": ("", "have the authority check the accreditation, the suspension and the anchor key"),
    "MayNotAnchorStatus": ("", "sign with an anchor key of the bureau that answers for the list now"),
    "NotAuthority": ("", "send it from the authority's account"),
    "AlreadyRetired": ("", "write to the successor contract"),
    # KeyHolderRegistry
    "NotNextCeremony": ("ceremony", _READ_AGAIN),
    "MayNotConvene": (
        "account", "convene from the authority's account, or from an anchor key of a bureau accredited for tenders",
    ),
    "BadMembers": ("members", "invite at least 2·threshold - 1 and at most 255 members, none twice"),
    "BadRounds": ("rounds", "let each round end after the one before it, the first after now"),
    "ZeroValue": ("digest", "name a digest"),
    "UnknownCeremony": ("ceremony", "compare the number with the list of ceremonies"),
    "NotMember": ("account", "send it from the account that stands on the roster"),
    "NotInRound": ("time", "look at the plan: each round has its time"),
    "AlreadySaid": ("", "nothing is left to do"),
    "BadAccused": ("accused", "name another member of the roster, by its number"),
    "NoComplaint": ("complainant", "answer those who complained of you, and each once"),
    "BadQualified": ("qualified", "judge anew from the messages on the ledger: only members that dealt, and answered"),
    "DegenerateKey": ("key", "judge anew from the messages on the ledger"),
    "NotActive": ("ceremony", "wait until enough members have confirmed"),
    "BadSignature": ("signature", "combine the members' parts anew, for this ceremony and counter"),
    "NotNextCounter": ("counter", _READ_AGAIN),
    "StillNeeded": ("ceremony", "keep the share: a tender uses its key, or may come to use it"),
    # TenderBook
    "NotNextNumber": ("number", _READ_AGAIN),
    "NotOfficer": (
        "account", "send it from an anchor key of the tender's bureau; to publish, it must be accredited for tenders",
    ),
    "BadNotice": ("notice", "see contracts/tenders/ITenderBook.sol, Notice, for that member's bounds"),
    "KeyNotUsable": ("ceremony", "name a ceremony of this book whose key is in force and usable until the opening"),
    "ZeroDigest": ("digest", "name a digest"),
    "UnknownTender": ("tender", "compare the number with the list of tenders"),
    "UnknownLot": ("lot", "compare lot and envelope with the notice"),
    "AlreadyEnded": ("tender", "nothing more happens in this tender"),
    "AlreadyAwarded": ("tender", "a lot is awarded; settle the rest by the proceedings"),
    "DeadlineOver": ("deadline", "nobody changes a bid, or the deadline, any more"),
    "DeadlineNotOver": ("deadline", _WAIT),
    "BadDeadline": ("deadline", "name a later one: at least the margin from now, and the opening after it"),
    "AlreadySettled": ("tender", "the deadline is final; go on"),
    "NotSettled": ("tender", "show the two blocks that span the deadline: yinxin tender close does so"),
    "BadHeaders": ("headers", "show the last block up to the deadline and the next one, while the chain knows them"),
    "StillLookingBack": ("tender", "wait for that block, or show the two blocks that span the deadline"),
    "MessageExpired": ("notAfter", "sign it anew with a later time"),
    "NotNextVersion": ("version", "read the bidder's place and sign for the next version"),
    "BadCommitment": ("commitment", "make and sign the commitment anew"),
    "NotSignedBy": ("signature", "sign with the key that the address belongs to, for this book and chain"),
    "NotCustodian": ("custody", "take a custodian that the notice names"),
    "NotLive": ("bidder", "there is no live bid of that address"),
    "AddressTaken": ("bidder", "use a fresh address"),
    "NotDecoy": ("commitment", "name the newest commitment of a decoy of your own, with its salt"),
    "WrongPhase": ("lot", "look at the lot's phase"),
    "TooEarly": ("time", _WAIT),
    "TooLate": ("time", "its time is over"),
    "BadOpening": ("signature", "combine the holders' parts anew, over this live set"),
    "BadPlace": ("dropped", "name places in ascending order, of live bids only"),
    "ECDSAInvalidSignature": ("signature", "give 65 bytes, with v 27 or 28"),
    "ECDSAInvalidSignatureLength": ("signature", "give 65 bytes"),
    "ECDSAInvalidSignatureS": ("signature", "give the signature with the low s"),
    # TenderProceedings
    "NotTheOfficer": ("account", "send it from an anchor key of the tender's bureau"),
    "DigestMissing": ("digest", "name a digest"),
    "NotInPhase": ("lot", "look at the lot's phase"),
    "NotNextRound": ("number", _READ_AGAIN),
    "CasesOpen": ("lot", "answer the objections and have the complaints decided first"),
    "PeriodRunning": ("time", _WAIT),
    "PeriodEnded": ("time", "its time is over"),
    "NotACustodian": ("account", "send it from a custodian that the notice names"),
    "NotParty": ("account", "send it from an address with a place in the lot, the officer or the supervisor"),
    "NotYourCase": ("number", "objections are answered by the officer, complaints decided by the supervisor, once"),
}  # fmt: skip
