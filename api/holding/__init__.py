"""Key holders at the service: what they sign on their own devices is passed on. Nothing here has a key of theirs.

==========  =====================================================================================
pages       on which they answer roll calls, sign openings and draws with shares of their own
endpoints   a ceremony's papers and acts; a roll call as it stands; what waits to be drawn; answers and shares
acts        which signed transactions of members are handed on to the ledger
calling     the worker puts a roll call on the ledger once enough have answered: anybody may
==========  =====================================================================================
"""
