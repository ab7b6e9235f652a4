import Kernel

extension HTML {
    /// Prose, in which back quotes mark code.
    init(prose: String) {
        let parts = prose.split(separator: "`", omittingEmptySubsequences: false)
        self.init(
            parts.enumerated().map { index, part in
                index.isMultiple(of: 2) ? "\(String(part))" : "<code>\(String(part))</code>"
            })
    }
}

extension HTML {
    /// With commas between.
    static func list(_ parts: [HTML]) -> HTML {
        HTML(stringLiteral: parts.map(\.text).joined(separator: ", "))
    }

    /// A table with its caption. The first cell of each row names the row.
    static func table(_ caption: String, _ columns: [String], _ rows: [[HTML]]) -> HTML {
        let head = columns.map {
            "<th scope=\"col\" role=\"columnheader\">\($0)</th>" as HTML
        }
        let body = rows.map { cells -> HTML in
            let first = cells.first.map {
                "<th scope=\"row\" role=\"rowheader\">\($0)</th>" as HTML
            }
            let rest = cells.dropFirst().map { "<td role=\"cell\">\($0)</td>" as HTML }
            return "<tr role=\"row\">\(first)\(rest)</tr>\n"
        }
        // Wide tables scroll in a box of their own, which the keyboard must be able to reach. The
        // roles are those that the elements have, which they would lose where narrow screens show
        // them as blocks.
        return """
            <div class="scroll" role="region" aria-label="\(caption)" tabindex="0">\
            <table role="table">\
            <caption>\(caption)</caption>
            <thead role="rowgroup"><tr role="row">\(head)</tr></thead>
            <tbody role="rowgroup">
            \(body)</tbody></table></div>

            """
    }

    /// A page has many with one label, so that they are no landmarks.
    static func code(_ label: String, _ code: String) -> HTML {
        """
        <figure><figcaption>\(label)</figcaption>\
        <pre tabindex="0" role="group" aria-label="\(label)"><code>\(code)</code></pre></figure>

        """
    }
}
