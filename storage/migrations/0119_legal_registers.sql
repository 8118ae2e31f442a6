-- Sub-processors and subcontractors (article 14, GDPR art. 28), breaches of personal data and whom
-- they were told to (GDPR art. 33, 34).
CREATE TABLE subprocessor (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  service TEXT NOT NULL,
  country TEXT NOT NULL,
  data TEXT NOT NULL,
  contract TEXT NOT NULL,
  since TEXT NOT NULL,
  ended_on TEXT,
  announced_on TEXT,
  announcement TEXT NOT NULL,
  account TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX subprocessor_revision ON subprocessor(revision);
CREATE TABLE data_breach (
  id INTEGER PRIMARY KEY,
  role TEXT NOT NULL,
  discovered_at INTEGER NOT NULL,
  began_at INTEGER,
  ended_at INTEGER,
  tenants TEXT NOT NULL,
  nature TEXT NOT NULL,
  data TEXT NOT NULL,
  people TEXT NOT NULL,
  consequences TEXT NOT NULL,
  measures TEXT NOT NULL,
  risk TEXT NOT NULL,
  risk_reason TEXT NOT NULL,
  closed_at INTEGER,
  closing TEXT NOT NULL,
  account TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX data_breach_revision ON data_breach(revision);
CREATE TABLE breach_notice (
  breach INTEGER NOT NULL,
  addressee TEXT NOT NULL,
  told_at INTEGER NOT NULL,
  channel TEXT NOT NULL,
  reference TEXT NOT NULL,
  delay_reason TEXT NOT NULL,
  account TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (breach, addressee)
) STRICT;
CREATE INDEX breach_notice_revision ON breach_notice(revision);
