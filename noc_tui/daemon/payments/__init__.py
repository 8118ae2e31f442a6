"""What accounting exports of invoices: taken, kept, and asked by orders that rest on a debt."""
