"""The work of the strategy page: strategies compared with the costs and accuracies that a visitor sets."""
