"""Boxes, labels and letters in pictures."""
