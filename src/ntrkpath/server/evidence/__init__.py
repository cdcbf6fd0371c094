"""The pages of the evidence, made once for each edition, and the arithmetic of one test."""
