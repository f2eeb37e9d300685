"""What is known: documents taken in, searched by words and by meaning, recalled for an answer."""
