"""What archive knows of cases, dossiers and agencies: states and how facts move them, pure."""
