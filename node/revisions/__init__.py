"""变更单: drafts of items, their review by the offices, the government's decision, the release."""
