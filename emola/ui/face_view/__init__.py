"""The face view: a photo with its landmarks, regions and measurements, drawn in the browser."""
