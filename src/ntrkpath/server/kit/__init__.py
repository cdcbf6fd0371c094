"""What every feature of the server uses: routes, answers, pages from templates, tasks, files that are sent, errors."""
