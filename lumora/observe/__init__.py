"""What Lumora tells of itself, on this machine only."""
