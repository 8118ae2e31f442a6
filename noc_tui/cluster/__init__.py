"""The gateway to Proxmox VE and Backup Server."""
