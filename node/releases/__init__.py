"""发布: what a publisher's catalogue and calendar consist of, and what of it this node holds."""
