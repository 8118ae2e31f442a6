"""The polls of clusters and backup servers, and the rows they write."""
