"""Who is asking: credentials become a `Grant`, which names an `Actor` and what it may do."""
