"""Where partners keep their listings true and moderators decide: behind a password and a second step."""
