"""How the platform is started: images, database and broker set-up, and servers for development."""
