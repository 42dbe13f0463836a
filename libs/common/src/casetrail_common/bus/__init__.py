"""The bus: it carries facts between the services and keeps nothing; what counts is how far each ledger is followed."""
