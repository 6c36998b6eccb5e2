"""The gateway: pages, REST API and aggregated views over what the services publish."""
