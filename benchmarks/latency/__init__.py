"""How close to the limit a run against a slow endpoint is, and how others fare beside it."""
