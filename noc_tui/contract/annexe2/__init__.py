"""Annexe 2: whose job a ticket is (R24-R26), from its words alone and with its reasons."""
