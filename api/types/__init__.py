"""Certificate types of a bureau's own: proposed by an officer, approved by a second person, anchored, then in force.

=================  ==========================================================================================
:mod:`.service`    propose, retire, run, recall, look up: what commands and endpoints call
:mod:`.known`      the catalogue of a register: shipped types and those in force
:mod:`.restore`    types made anew from the ledger's lane ``$types``
:mod:`.tables`     the rows
=================  ==========================================================================================
"""
