"""What goes wrong: each fault changes the signal itself, one module for each kind of system."""
