"""What leaves the house: the site's last pass, and the outputs beyond the page."""
