"""The registry as people read it: results as sheets and pictures, worklists, plans."""
