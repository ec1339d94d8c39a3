"""From objects in frames to what a person cares about: what happened, when, with the film to show it."""
