"""The evidence log in `nocd`: signed heads, keys, erasure, the registers of R36."""
