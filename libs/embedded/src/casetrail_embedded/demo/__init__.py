"""The demonstration: one penalty case from registration to a dossier that verifies."""
