"""Reports of recommendations: text for a terminal, one self-contained HTML file, PDF, fragments for pages."""
