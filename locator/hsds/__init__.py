"""Documents in the shape of HSDS 3.2 with one `brolly` member, and the rows they stand for."""
