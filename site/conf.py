"""Sphinx's settings; site/build.py gathers the pages and calls it."""

project = "End-to-end MLOps for NLP"
html_title = project
extensions = ["myst_parser"]
root_doc = "index"

# The READMEs are written for GitHub: what only MyST would read in them is plain text.
myst_disable_syntax = ["myst_line_comment", "myst_block_break", "myst_target", "myst_role"]
myst_heading_anchors = 3

html_theme = "furo"
pygments_dark_style = "github-dark"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
html_show_search_summary = False  # a page opened from the disk may not fetch others
html_show_copyright = False
