"""The screening study: its protocol, worklists and results, each reckoned from the subjects of a book."""
