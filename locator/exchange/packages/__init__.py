"""Everything that is published, as files to take away. Made from `Listing` alone."""
