"""How GrandModel Academy is built: the course model, its checks, the assets and the outputs beyond the page."""
