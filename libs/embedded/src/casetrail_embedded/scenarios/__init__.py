"""Scenarios (YAML): what people do through the HTTP APIs, and what must be answered, recorded and found."""
