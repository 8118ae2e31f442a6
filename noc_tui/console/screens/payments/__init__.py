"""Debts: what accounting says of invoices, and what the cases for late payment hold."""
