"""What can be wrong with a turn, rule by rule: each has a name, a cause, a fix and a detector."""
