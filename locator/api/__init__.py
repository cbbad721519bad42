"""The JSON API for programs: the same search as the pages, in GET for programs and POST for people's tools."""
