"""The work of the cohort page: a file of cases decided and summed up, and forgotten."""
