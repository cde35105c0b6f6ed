"""Many domains: lists read line by line, worker processes, one writer, a summary."""
