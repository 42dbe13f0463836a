"""What a case is and how it moves: pure."""
