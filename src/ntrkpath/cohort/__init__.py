"""Cohorts: columns of cases decided by the same tables that decide one case."""
