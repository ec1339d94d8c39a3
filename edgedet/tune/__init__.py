"""Finds the model and the threads with which this board meets a goal.

kin (the models with the same labels) x threads -> sweep (measured in turns) -> choice -> settings file
"""
