"""What crosses the network: event-stream frames, actions, traces, dialects. Pure, no I/O."""
