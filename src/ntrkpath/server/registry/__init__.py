"""The pages of a registry: worklists, subjects, the study, imported values; on one's own machine, by one address."""
