"""The HTTP face of a workspace. Handlers translate; they decide nothing."""
