"""The case page: what is asked next, the form, and the answer."""
