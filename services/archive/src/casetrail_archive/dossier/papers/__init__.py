"""The papers of a dossier, one module per kind; each turns a case into what is to be printed."""
