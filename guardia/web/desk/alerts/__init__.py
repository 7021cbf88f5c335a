"""What monitoring says now, as the desk sees it: what fires first, by what it stands behind, and what leads nowhere."""
