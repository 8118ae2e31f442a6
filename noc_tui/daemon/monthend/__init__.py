"""The end of a month: closing, reopening, its statements and their mails."""
