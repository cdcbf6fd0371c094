"""Rounds: whether laboratories find the same fusions, why not, and what each panel can see at all."""
