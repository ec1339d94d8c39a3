"""What more of something costs: cameras, viewers, boxes, a larger input, threads."""
