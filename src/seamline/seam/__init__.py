"""The seam: what an image stands on, and which side everything in it belongs to. Touches model and tree only."""
