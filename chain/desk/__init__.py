"""The desk: a folder through which an officer's register asks an approver's signer, and nothing else.

The register writes requests, encrypted to the signer's desk key; the signer writes answers. Both may lie
on different machines that share the folder. No key ever passes through it, and a request answered twice
is answered the same way twice. People decide at the signer, or by decisions signed with keys of their own, which
travel through the same folder.

The files are imported one by one: a command that only reads decisions loads no signer.
"""
