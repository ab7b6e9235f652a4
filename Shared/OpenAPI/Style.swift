/// The page's style. Colours have a contrast of 4.5 and more, in both schemes.
enum Style {
    static let lightLink = "--link: #0b5cad;"
    static let darkLink = "--link: #7cb8ff;"

    static let css = """
        :root { --back: #fff; --panel: #f6f7f9; --line: #d9dde3; --text: #1b2129; --soft: #545e6b;
          --link: #0b5cad; --code: #f0f2f5; --ink: #e8ecf1; --screen: #1c232d; --screen-soft:
          #a9b4c2;
          --get: #0a6b3d; --post: #0b5cad; --put: #8a4b00; --patch: #6b3fa0; --delete: #b3261e;
          --required: #a4262c; color-scheme: light dark; }
        @media (prefers-color-scheme: dark) { :root { --back: #12161c; --panel: #181e26;
          --line: #323b47; --text: #e4e8ee; --soft: #a3adba; --link: #7cb8ff; --code: #222a34;
          --ink: #e4e8ee; --screen: #0b0f14; --screen-soft: #a3adba; --get: #5fd39b; --post:
          #7cb8ff;
          --put: #f0b35e; --patch: #c8a6f5; --delete: #ff9089; --required: #ff9b93; } }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 1rem; }
        body { margin: 0; background: var(--back); color: var(--text);
          font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        a { color: var(--link); }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .skip { position: absolute; left: -999rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--back); padding: .5rem 1rem; z-index:
          2; }
        header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem;
          flex-wrap: wrap; padding: .75rem 1.5rem; border-bottom: 1px solid var(--line); }
        header p { margin: 0; }
        .brand { font-weight: 700; }
        .brand a { color: inherit; text-decoration: none; }
        form { display: flex; gap: .4rem; align-items: baseline; flex: 0 1 26rem; margin: 0 auto; }
        form label { color: var(--soft); font-size: .875rem; }
        input, button { font: inherit; font-size: .9375rem; color: inherit; background: var(--back);
          border: 1px solid var(--soft); border-radius: .35rem; padding: .25rem .6rem; }
        input { flex: 1 1 8rem; min-width: 0; } button { cursor: pointer; }
        .brand span { font-weight: 400; color: var(--soft); margin-left: .25rem; }
        .columns { display: grid; grid-template-columns: 19rem minmax(0, 1fr); }
        nav { border-right: 1px solid var(--line); background: var(--panel); font-size: .875rem;
          position: sticky; top: 0; align-self: start; height: 100vh; overflow-y: auto;
          padding: 1rem 0; }
        nav summary { display: none; }
        nav ul { list-style: none; margin: 0; padding: 0; }
        nav li ul { margin-bottom: .75rem; }
        nav a { display: block; padding: .2rem 1.25rem; color: var(--text); text-decoration: none;
          overflow-wrap: anywhere; }
        nav li li a { padding-left: 2rem; color: var(--soft); }
        nav [aria-current] { background: var(--code); }
        nav a:hover { background: var(--code); }
        nav .group { font-weight: 600; }
        .method { font: 700 .75rem/1 ui-monospace, "SFMono-Regular", Menlo, "DejaVu Sans Mono",
          monospace; }
        .method.get { color: var(--get); } .method.post { color: var(--post); }
        .method.put { color: var(--put); } .method.patch { color: var(--patch); }
        .method.delete { color: var(--delete); }
        main { padding: 1.5rem 2.5rem 5rem; min-width: 0; max-width: 92rem; }
        h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
        h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.25rem 0 .5rem; }
        h2 a { color: inherit; text-decoration: none; }
        h2 a:hover { text-decoration: underline; }
        h3 { font-size: .9375rem; margin: 1.5rem 0 .4rem; }
        p { margin: .4rem 0 .8rem; max-width: 46rem; }
        .lead { font-size: 1.125rem; color: var(--soft); }
        code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, "DejaVu Sans Mono",
          monospace; }
        code { font-size: .875em; background: var(--code); border-radius: .25rem; padding: .08em
          .3em;
          overflow-wrap: anywhere; }
        article { margin: 0 0 1.5rem; padding-bottom: 1.5rem; }
        main > article + article { border-top: 1px solid var(--line); }
        .route { display: flex; gap: .6rem; align-items: baseline; margin: .2rem 0 .8rem; }
        .route .method { border: 1px solid currentColor; border-radius: .25rem; padding: .25rem
          .45rem; }
        .route code { font-size: .9375rem; background: none; padding: 0; }
        .needs, .bounds, .optional { color: var(--soft); }
        .needs, .bounds { font-size: .875rem; }
        .required { color: var(--required); }
        .required, .optional { font: 500 .75rem/1 system-ui, "DejaVu Sans", sans-serif;
          white-space: nowrap; }
        .scroll { overflow-x: auto; margin: 0 0 1rem; }
        table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
        /* The heading above says the same to those who see it. */
        caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path:
          inset(50%); }
        th, td { text-align: left; vertical-align: top; padding: .45rem .8rem .45rem 0;
          border-top: 1px solid var(--line); }
        thead th { font-size: .8125rem; font-weight: 600; color: var(--soft); border-top: 0; }
        tbody th { font-weight: 400; width: 30%; } tbody th code { overflow-wrap: normal; }
        td:nth-child(2) { width: 20%; }
        figure { margin: 0 0 1rem; border-radius: .5rem; overflow: hidden; background:
          var(--screen); }
        figcaption { color: var(--screen-soft); font-size: .8125rem; padding: .6rem 1rem 0; }
        pre { margin: 0; padding: .6rem 1rem 1rem; color: var(--ink); overflow-x: auto;
          font-size: .8125rem; line-height: 1.5; tab-size: 2; }
        pre code { background: none; padding: 0; font-size: inherit; overflow-wrap: normal; }
        pre:focus-visible { outline-offset: -3px; }
        @media (min-width: 86rem) {
          main > article:has(.examples) { display: grid; gap: 2.5rem;
            grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); }
          .examples { padding-top: 2.25rem; }
          .examples > :first-child { margin-top: 0; } }
        @media (max-width: 56rem) {
          .columns { display: block; }
          nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid
          var(--line);
            padding: .5rem 0; }
          nav summary { display: block; padding: .5rem 1rem; font-weight: 600; cursor: pointer; }
          nav a { padding: .45rem 1rem; } nav li ul { display: none; }
          header, main { padding-left: 1rem; padding-right: 1rem; }
          h1 { font-size: 1.625rem; } h2 { margin-top: 2rem; }
          table, thead, tbody, tr, th, td { display: block; width: auto; }
          thead { position: absolute; left: -999rem; }
          tbody tr { border-top: 1px solid var(--line); padding: .5rem 0; }
          tbody th, td, td:nth-child(2) { border: 0; padding: 0 0 .1rem; width: auto; } }
        @media print {
          nav, .skip { display: none; } .columns { display: block; } article { break-inside: avoid;
          }
          figure { background: none; border: 1px solid var(--line); } pre { color: var(--text);
            white-space: pre-wrap; } }

        """
}
