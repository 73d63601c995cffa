"""What ordinary traffic looks like, one module for each kind of system."""
