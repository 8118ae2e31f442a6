"""Proxmox: the gateway to real clusters, and under `simulator` a loopback look-alike."""
