"""Records of other people's files → changes that wait: matched with what is listed, remembered, reported."""
