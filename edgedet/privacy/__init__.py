"""What must not be seen: masks, blurred objects, and the switch that stops the camera."""
