"""`make bench BENCH=visitors`: two hundred people at once, beside two hundred who ask for an empty page.

`--database sqlite|postgres`, `--services`, `--seconds`, `--workers`; on the databases of `make bench`, with gunicorn
as it is shipped behind the shipped nginx. Nobody pauses to read: this is as fast as the workers can. Prints Markdown.
"""
