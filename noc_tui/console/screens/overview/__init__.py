"""The overview: problems, clusters, nodes, storages, running tasks."""
