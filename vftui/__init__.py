"""vftui: talk to a Voiceflow agent in the terminal, see every trace, watch the tokens.

The package root imports nothing, so that a headless command never pays for the screen and the
screen never pays for the network before its first frame.
"""

__version__ = "0.1.0"
