"""What holds in a real browser: Debian's Chromium and Firefox ESR, driven over loopback."""
