import Kernel

/// A piece of the reference in both forms in which it is served: HTML for people, and Markdown for
/// programs. Literals and interpolated texts are prose, in which back quotes mark code.
struct Content: ExpressibleByStringInterpolation {
    private(set) var html: HTML
    private(set) var markdown: String

    init(html: HTML, markdown: String) {
        self.html = html
        self.markdown = markdown
    }

    init(prose: String) { self.init(html: HTML(prose: prose), markdown: prose) }

    init(stringLiteral value: String) { self.init(prose: value) }

    init(stringInterpolation: Interpolation) { self.init(stringInterpolation.parts) }

    init(_ parts: [Content]) {
        html = HTML(parts.map(\.html))
        markdown = parts.map(\.markdown).joined()
    }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var parts: [Content] = []

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) { parts.append(Content(prose: literal)) }
        mutating func appendInterpolation(_ text: String) { parts.append(Content(prose: text)) }
        mutating func appendInterpolation(_ number: Int) {
            parts.append(Content(prose: "\(number)"))
        }
        mutating func appendInterpolation(_ content: Content) { parts.append(content) }
    }

    static func + (a: Content, b: Content) -> Content { Content([a, b]) }

    var isEmpty: Bool { markdown.isEmpty }
}

// MARK: Inside of a line

extension Content {
    static func code(_ text: String) -> Content {
        Content(html: "<code>\(text)</code>", markdown: "`\(text)`")
    }

    /// With commas between.
    static func list(_ parts: [Content]) -> Content {
        Content(
            html: .list(parts.map(\.html)), markdown: parts.map(\.markdown).joined(separator: ", "))
    }

    /// A short note of a class of the style.
    static func note(_ style: String, _ text: Content) -> Content {
        Content(html: "<span class=\"\(style)\">\(text.html)</span>", markdown: text.markdown)
    }

    static func link(_ text: Content, to place: Place, from root: String) -> Content {
        Content(
            html: "<a href=\"\(place.address(from: root))\">\(text.html)</a>",
            markdown: "[\(text.markdown)](\(place.markdownAddress))")
    }
}

// MARK: Blocks

extension Content {
    /// - Parameter id: nil if nothing links to it.
    static func heading(_ level: Int, _ text: Content, id: String? = nil) -> Content {
        let name = HTML(stringLiteral: "h\(level)")
        let attribute: HTML = id.map { " id=\"\($0)\"" } ?? ""
        let inner: HTML = id.map { "<a href=\"#\($0)\">\(text.html)</a>" } ?? text.html
        return Content(
            html: "<\(name)\(attribute)>\(inner)</\(name)>\n",
            markdown: String(repeating: "#", count: level) + " \(text.markdown)\n\n")
    }

    static func paragraph(_ text: Content, style: String? = nil) -> Content {
        let attribute: HTML = style.map { " class=\"\($0)\"" } ?? ""
        return Content(
            html: "<p\(attribute)>\(text.html)</p>\n", markdown: text.markdown + "\n\n")
    }

    static func bullets(_ items: [Content]) -> Content {
        Content(
            html: "<ul>\n\(items.map { "<li>\($0.html)</li>\n" as HTML })</ul>\n",
            markdown: items.map { "- \($0.markdown)\n" }.joined() + "\n")
    }

    /// The first cell of each row names the row.
    static func table(_ caption: String, _ columns: [String], _ rows: [[Content]]) -> Content {
        let lines =
            [columns, columns.map { _ in "---" }]
            + rows.map { row in
                row.map { cell in
                    cell.markdown.trimmed.replacing("|", with: "\\|").replacing("\n", with: " ")
                }
            }
        return Content(
            html: .table(caption, columns, rows.map { $0.map(\.html) }),
            markdown: lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined() + "\n")
    }

    /// A block of code.
    static func block(_ label: String, _ code: String, language: String) -> Content {
        Content(
            html: .code(label, code), markdown: "\(label):\n```\(language)\n\(code)\n```\n\n")
    }

    /// A part with a heading of its own, which names it, and with examples beside the text where
    /// there is room.
    static func article(_ id: String, _ text: Content, examples: Content = "") -> Content {
        let beside: HTML =
            examples.isEmpty
            ? text.html
            : """
            <div class="text">
            \(text.html)</div>
            <div class="examples">
            \(examples.html)</div>

            """
        return Content(
            html: "<article aria-labelledby=\"\(id)\">\n\(beside)</article>\n",
            markdown: text.markdown + examples.markdown)
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// Where a link of the documentation leads.
enum Place {
    /// The first page.
    case start
    /// One of the others, and something on it.
    case page(String, String? = nil)
    case problem(String)
    case document

    /// As a page links to it.
    /// - Parameter root: the way from there to the root: `""` or `"../"`.
    func address(from root: String) -> String {
        switch self {
        case .start: root + "docs"
        case .page(let name, let id): root + "docs/\(name)" + (id.map { "#\($0)" } ?? "")
        case .problem(let code): root + "problems/\(code)"
        case .document: root + "openapi.json"
        }
    }

    /// The same from one Markdown file to another: they are all in one folder.
    var markdownAddress: String {
        switch self {
        case .start: "index.md"
        case .page(let name, _): "\(name).md"
        case .problem(let code): "../problems/\(code)"
        case .document: "../openapi.json"
        }
    }
}
