"""What makes files that are kept in the repository; run by hand, checked by tests."""
