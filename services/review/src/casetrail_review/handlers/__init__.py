"""The edges of review: they translate and decide nothing."""
