"""What a window says beside its bytes: its templates, their mix, their order, its pace. Docs: docs/measures/."""
