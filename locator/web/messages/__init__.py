"""A place and perhaps a word by text message, and what is near it back; nothing is kept of who asked."""
