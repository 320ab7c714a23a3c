"""The bureau's register: batches, certificates, status acts, shredding, rebuilding."""
