"""The work of the fusions page: caller files become verdicts, pictures, and files to take away."""
