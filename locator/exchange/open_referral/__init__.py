"""Listings → the objects of HSDS 3.2 and Open Referral UK 3.0. Only what a listing shows."""
