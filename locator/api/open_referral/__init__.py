"""The read APIs of Open Referral: HSDS 3.2 and, with a root of its own, Open Referral UK 3.0."""
