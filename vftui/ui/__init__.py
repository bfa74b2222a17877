"""The screen: panes that catch up with a session, and nothing that a command without one needs."""
