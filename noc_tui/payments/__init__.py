"""Reads what accounting exports of invoices and direct debits."""
