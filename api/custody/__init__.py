"""A custodian's server: keeps sealed files, signs so, relays what bidders sign, and sees to the phases on time.

Bidders have no accounts here: a login would tie a person to a fresh address. Everything is looked at before anything
is signed, is on disk before it is acknowledged, and goes on after a crash.

=============  ===============================================================================================
place          one custodian: home, account, store, ledger, board
store          files and journal on disk; quotas: counts in memory
view           the ledger, shared between threads
uploads        files in parts
commitments    what the contract would refuse is refused; custody is signed
relays         the journal of what is to be sent
files          given out once closed
phases         what anybody may do when its time has come: tick, reveal, close, attest, open
decoys         commitments of the custodian's own, which hide the number of bids
openings       key holders' messages are combined, and the envelope opened
statements     every live file is hashed again
bodies         no body is read further, or longer, than it may be
endpoints, shelf, app, server
=============  ===============================================================================================

For who runs it: docs/custody.md. Formats: docs/formats/custody.md.
"""
