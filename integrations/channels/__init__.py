"""Ways to reach people other than the telephone."""
