"""What ledger and store say, over HTTP: bureaus, anchors, status heads, blobs. Public, and checkable elsewhere."""
