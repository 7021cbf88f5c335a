"""The hand-over of a shift (/relevo): each open case with its next step and its new responsible."""
