"""Programs that write tests/vectors anew: what Python says, and all others must agree with."""
