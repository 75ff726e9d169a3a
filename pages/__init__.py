"""
What writes the documentation that follows from the code, and builds the site; no part of an installation.

`settings_page` and `env_example` write from the declared settings, `http_page` from the OpenAPI document; `site` builds
the site.
"""
