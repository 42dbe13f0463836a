"""What a submission is and what may become of it: pure, without clock, I/O or framework."""
