"""运维: the node as a machine to be looked after: what ends, backups, drills, disk, versions."""
