"""deskbreak: a workplace break reminder that lives in the tray."""

__version__ = "0.1.0"
