"""What a conversation means: the log, its fold, the token ledger, the timing. Pure, no clock."""
