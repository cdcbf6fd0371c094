"""The way in: a case and its files become facts, with what became of every finding. One module a method of testing."""
