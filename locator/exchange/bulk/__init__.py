"""Many services as one spreadsheet: a row a service, the same columns out as in."""
