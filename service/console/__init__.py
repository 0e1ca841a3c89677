"""The console: pages for people, on the same functions as the API. See ``docs/console.md``.

A page is one module under ``pages/`` with a ``PAGE``, listed in ``pages/__init__.py``::

    # service/console/pages/hello.py
    from dutygraph.service.console.fragments import Asked, Fragment
    from dutygraph.service.console.page import Page, has_bureau
    from dutygraph.service.console.visit import Visit

    async def build(visit: Visit) -> None:
        view = await visit.work(visit.view)  # all that this caller may see, and nothing else
        rows = await visit.work(rows_of, view, visit.answers)  # a function that an endpoint calls too

        async def choose(asked: Asked) -> None:  # asked.value, asked.fields["reason"]
            table.show(rows=[row for row in rows if row.id == asked.value])

        table = Fragment(visit, "hello", acts={"choose": choose}, rows=rows)

    PAGE = Page("hello", "/hello", icon="rules", build=build, may=has_bureau)

    {# templates/hello.html.j2: values are escaped; say(key), text(bilingual), url(path), visit are there #}
    {% for row in rows %}<button data-do="choose" data-value="{{ row.id }}">{{ text(row.label) }}</button>
    {% else %}<p class="empty">{{ say("hello.none") }}</p>{% endfor %}

    # texts/hello.toml, and the name in the navigation in texts/page.toml: hello = { zh = "…", en = "…" }
    none = { zh = "……", en = "…" }

- The shell around it (``shell.py``) checks the session, ``may``, the language and theme, shows the title, the
  dates, and what goes wrong: raise the service's errors (``ProblemError``, ``ForbiddenError`` …), catch none.
- ``data-do`` on a button or link: at a click, with ``data-value``; on a select or input: at a change, with
  ``asked.name`` and ``asked.value``; on a form: when it is sent, with ``asked.fields``. What is not in *acts*
  does nothing.
- ``Drawer(visit, "label.key")`` opens at the side; ``visit.say`` for texts; ``tell(text)`` says that
  something was done. NiceGUI's own elements (``ui.codemirror``, ``ui.echart`` …) may stand beside fragments.
- ``await visit.work(f, …)`` for whatever reads or computes: nothing long on the event loop.
- A view is of one commit. After a change, and at each act, ask ``visit.view`` again; ``show_dates(view)``
  renews the line with the dates.
- Files: ``<a href="{{ url('/api/v1/bureaus/' ~ visit.code ~ '/gaps', format='xlsx') }}" download>``; the
  cookie is good for reading the API.
- A picture: ``add_chart_sheets(visit)``, then ``Showing(visit, picture, pick)``, whose *pick* is given the
  ``data-id`` of what was clicked; ``drawings.py`` draws the charts through a view, ``saving.py`` gives them
  as files (``templates/saves.html.j2``).
- Tests: ``tests/console``, one served bureau and one browser for all of them.
- Classes of ``static/console.css``: ``panel``, ``figures``, ``grid-table``, ``tag``, ``empty``, ``bar``.
"""
