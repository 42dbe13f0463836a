"""What a recording is and how it becomes evidence: pure."""
