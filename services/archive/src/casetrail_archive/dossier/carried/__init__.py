"""Files that go into every dossier as they are: the verifier and how to use it."""
