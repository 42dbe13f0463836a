"""From bytes in the object store to locked evidence: receiving, probing, verifying, sweeping."""
