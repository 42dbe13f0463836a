"""What archive shows: law, findings, the course of a case, dossiers."""
