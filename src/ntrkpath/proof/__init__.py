"""The proof: every state of every table and of every readout, the safety properties, and the lock of outcomes."""
