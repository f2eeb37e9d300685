"""What may go in and out."""
