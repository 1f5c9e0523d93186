"""The figure that shows a movement: a skeleton, its poses, and its drawing."""
