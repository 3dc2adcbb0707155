"""Models: which one plays a role, how it is called, and the journal of what it answered."""
