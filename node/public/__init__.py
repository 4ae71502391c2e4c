"""网上办事: what people do from home without signing in: apply, correct, withdraw, follow."""
