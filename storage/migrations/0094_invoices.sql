-- Invoices as accounting exported them last, in cents, and the instant that these facts are true for.
CREATE TABLE invoice (
  tenant TEXT NOT NULL,
  reference TEXT NOT NULL,
  issued TEXT NOT NULL,
  amount INTEGER NOT NULL,
  paid INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  presented TEXT,
  rejected TEXT,
  disputed TEXT,
  answered TEXT,
  revision INTEGER NOT NULL,
  PRIMARY KEY (tenant, reference)
) STRICT;
CREATE INDEX invoice_revision ON invoice(revision);
