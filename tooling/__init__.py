"""Scripts of the build: set-up, front-end files, translations, checks. Not part of the product."""
